// Parses the YAML files named on the command line; a stand-in for `docker compose config` where there is no Docker.
import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';

for (const file of process.argv.slice(2)) load(readFileSync(file, 'utf8'), { filename: file });
