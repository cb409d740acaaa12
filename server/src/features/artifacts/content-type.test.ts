import { expect, test } from 'vitest'
import { contentTypeOf } from './content-type.ts'

// What MLflow 3.17.0 answers for files of these names.
test.each([
  [
    'text/plain',
    'a.txt a.log a.json a.yaml a.yml a.py a.md a.csv a.tsv a.js a.xml a.toml a.cfg a.ini a.ipynb MLmodel MLproject a.TXT a.b.txt .x.json',
  ],
  ['text/html', 'a.html a.htm a.HTML'],
  ['text/css', 'a.css'],
  [
    'application/octet-stream',
    'a.pkl a.pt a.onnx a.parquet a.npy a.safetensors a.bin a.gz a. a .hidden ... -  日本語 a..b',
  ],
  ['application/json', 'a.JSON a.json.gz'],
  ['application/x-tar', 'a.tar a.tar.gz a.tgz a.tar.bz2'],
  ['application/x-hdf5', 'model.h5'],
  ['image/svg+xml', 'a.svg a.svgz'],
  ['image/png', 'a.png a.PNG'],
  ['image/jpeg', 'a.jpg a.jpeg'],
  ['application/pdf', 'a.pdf'],
  ['application/zip', 'a.zip'],
  ['video/mp4', 'a.mp4'],
])('%s', (type, names) => {
  for (const name of names.split(' ')) expect(contentTypeOf(name), name).toBe(type)
})
