-- Inngest keeps its state in a database of its own.
CREATE DATABASE inngest;
