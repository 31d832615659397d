/** One record of a CSV file and the line it begins in. */
export interface CsvRecord {
  line: number;
  fields: string[];
}

/**
 * Parses CSV (RFC 4180): fields in quotes may hold commas, line breaks and doubled quotes; lines end
 * in CRLF or LF. Blank lines are passed over. An open quote goes on to the end of the file.
 */
export function parseCsv(text: string): CsvRecord[] {
  const records: CsvRecord[] = [];
  let fields: string[] = [];
  let field = "";
  let quoted = false;
  let line = 1;
  let begunAt = 1;
  const endField = () => {
    fields.push(field);
    field = "";
  };
  const endRecord = () => {
    endField();
    if (fields.length > 1 || fields[0] !== "") records.push({ line: begunAt, fields });
    fields = [];
    begunAt = line;
  };
  for (let n = 0; n < text.length; n++) {
    const char = text[n] as string;
    if (char === "\n") line++;
    if (quoted) {
      if (char !== '"') field += char;
      else if (text[n + 1] === '"') field += text[++n];
      else quoted = false;
    } else if (char === '"' && field === "") quoted = true;
    else if (char === ",") endField();
    else if (char === "\n") endRecord();
    else if (char !== "\r" || text[n + 1] !== "\n") field += char;
  }
  endRecord();
  return records;
}
