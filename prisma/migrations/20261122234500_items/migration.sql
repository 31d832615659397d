-- CreateEnum
CREATE TYPE "item_category" AS ENUM ('books', 'garden', 'kitchen', 'lighting', 'music', 'office', 'textiles', 'tools');

-- Titles are ordered by code point: the same on every system, and after every upgrade of its locales.

-- CreateTable
CREATE TABLE "item" (
    "id" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL,
    "category" "item_category" NOT NULL,
    "price" INTEGER NOT NULL,
    "title" TEXT COLLATE "C" NOT NULL,

    CONSTRAINT "item_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "item_list" (
    "id" SERIAL NOT NULL,
    "owner" UUID NOT NULL,
    "touched_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "item_list_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "own_item" (
    "list" INTEGER NOT NULL,
    "id" BIGSERIAL NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL,
    "category" "item_category" NOT NULL,
    "price" INTEGER NOT NULL,
    "title" TEXT COLLATE "C" NOT NULL,

    CONSTRAINT "own_item_pkey" PRIMARY KEY ("list","id")
);

-- CreateIndex
CREATE INDEX "item_created_at_id_idx" ON "item"("created_at", "id");

-- CreateIndex
CREATE INDEX "item_price_id_idx" ON "item"("price", "id");

-- CreateIndex
CREATE INDEX "item_title_id_idx" ON "item"("title", "id");

-- CreateIndex
CREATE INDEX "item_category_created_at_id_idx" ON "item"("category", "created_at", "id");

-- CreateIndex
CREATE INDEX "item_category_price_id_idx" ON "item"("category", "price", "id");

-- CreateIndex
CREATE INDEX "item_category_title_id_idx" ON "item"("category", "title", "id");

-- CreateIndex
CREATE UNIQUE INDEX "item_list_owner_key" ON "item_list"("owner");

-- CreateIndex
CREATE INDEX "item_list_touched_at_idx" ON "item_list"("touched_at");

-- CreateIndex
CREATE INDEX "own_item_list_created_at_id_idx" ON "own_item"("list", "created_at", "id");

-- CreateIndex
CREATE INDEX "own_item_list_price_id_idx" ON "own_item"("list", "price", "id");

-- CreateIndex
CREATE INDEX "own_item_list_title_id_idx" ON "own_item"("list", "title", "id");

-- CreateIndex
CREATE INDEX "own_item_list_category_created_at_id_idx" ON "own_item"("list", "category", "created_at", "id");

-- CreateIndex
CREATE INDEX "own_item_list_category_price_id_idx" ON "own_item"("list", "category", "price", "id");

-- CreateIndex
CREATE INDEX "own_item_list_category_title_id_idx" ON "own_item"("list", "category", "title", "id");

-- AddForeignKey
ALTER TABLE "own_item" ADD CONSTRAINT "own_item_list_fkey" FOREIGN KEY ("list") REFERENCES "item_list"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What is written into a list gets numbers above those of item_rows.
ALTER SEQUENCE "own_item_id_seq" RESTART WITH 1000001;

-- The items 1 … count, the same each time: what does not follow from the number is mixed from it by
-- multiplication and xor-shift, kept below 2^63. Times ascend with the number, as in life, but for
-- one item in 64, which is back-dated; up to four neighbours share a microsecond. Titles and prices
-- repeat often.
CREATE FUNCTION item_rows(count integer)
RETURNS TABLE (id bigint, created_at timestamptz, category item_category, price integer, title text)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1000000 AS $$
  SELECT n,
         timestamptz '2024-01-01 00:00:00Z'
           + (n - n % (1 + z % 4)) * interval '47.000113 s'
           - CASE WHEN z % 64 = 1 THEN z % 90000 * interval '1.3 s' ELSE interval '0' END,
         (ARRAY['books', 'garden', 'kitchen', 'lighting', 'music', 'office', 'textiles', 'tools']
           ::item_category[])[1 + z / 64 % 8],
         (100 + z / 512 % 49900)::integer,
         (ARRAY['Amber', 'Ashen', 'Blue', 'Brass', 'Bright', 'Cedar', 'Coarse', 'Copper', 'Dark',
                'Early', 'Éclair', 'Fine', 'Folding', 'Glass', 'Green', 'Grey', 'Heavy', 'Hollow',
                'Ivory', 'Joined', 'Keen', 'Light', 'Linen', 'Long', 'Maple', 'Narrow', 'Oak',
                'Öland', 'Pale', 'Plain', 'Quiet', 'Red', 'Round', 'Short', 'Silver', 'Slim',
                'Small', 'Smoked', 'Soft', 'Square', 'Tall', 'Teal', 'Thin', 'Walnut', 'Warm',
                'White', 'Woven', 'de luxe'])[1 + y % 48]
           || ' ' ||
         (ARRAY['anvil', 'apron', 'atlas', 'basket', 'bell', 'bench', 'blanket', 'bowl', 'brush',
                'bucket', 'candle', 'chair', 'clock', 'crate', 'cup', 'desk', 'drum', 'easel',
                'flute', 'fork', 'frame', 'hammer', 'hook', 'jar', 'kettle', 'knife', 'ladder',
                'lamp', 'lantern', 'loom', 'mirror', 'mug', 'needle', 'notebook', 'oven', 'pan',
                'pen', 'pillow', 'plane', 'plate', 'pot', 'quilt', 'rake', 'rope', 'ruler', 'saw',
                'scarf', 'shelf', 'shovel', 'spade', 'spoon', 'stool', 'table', 'thimble', 'tin',
                'towel', 'tray', 'trowel', 'tuba', 'vase', 'vice', 'viola', 'wheel', 'zither'])
           [1 + y / 48 % 64]
    FROM (SELECT n, y, (y # (y >> 13)) * 1911520717 & 4294967295 AS z
            FROM (SELECT n, (x # (x >> 15)) * 1274126177 & 4294967295 AS y
                    FROM (SELECT n, n * 1540483477 & 4294967295 AS x
                            FROM generate_series(1, count::bigint) AS n OFFSET 0) AS scattered
                  OFFSET 0) AS mixed
          OFFSET 0) AS finished
$$;
