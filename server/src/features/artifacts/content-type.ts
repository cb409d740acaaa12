import { posix } from 'node:path'

const plainText =
  'txt log err cfg conf cnf cf ini properties prop hocon toml yaml yml xml json js py py3 csv tsv md rst ipynb ' +
  'MLmodel MLproject'

/** Types by extension. What MLflow knows on every host (Python's own table), then what most hosts add to that. */
const types: Readonly<Record<string, string>> = {
  'application/javascript': 'mjs',
  'application/manifest+json': 'webmanifest',
  'application/msword': 'doc dot wiz',
  'application/n-quads': 'nq',
  'application/n-triples': 'nt',
  'application/oda': 'oda',
  'application/pdf': 'pdf',
  'application/pkcs7-mime': 'p7c',
  'application/postscript': 'ai eps ps',
  'application/trig': 'trig',
  'application/vnd.apple.mpegurl': 'm3u m3u8',
  'application/vnd.ms-excel': 'xlb xls',
  'application/vnd.ms-powerpoint': 'pot ppa pps ppt pwz',
  'application/wasm': 'wasm',
  'application/x-bcpio': 'bcpio',
  'application/x-cpio': 'cpio',
  'application/x-csh': 'csh',
  'application/x-dvi': 'dvi',
  'application/x-gtar': 'gtar',
  'application/x-hdf': 'hdf',
  'application/x-hdf5': 'h5',
  'application/x-latex': 'latex',
  'application/x-mif': 'mif',
  'application/x-netcdf': 'cdf nc',
  'application/x-pkcs12': 'p12 pfx',
  'application/x-pn-realaudio': 'ram',
  'application/x-python-code': 'pyc pyo',
  'application/x-sh': 'sh',
  'application/x-shar': 'shar',
  'application/x-shockwave-flash': 'swf',
  'application/x-sv4cpio': 'sv4cpio',
  'application/x-sv4crc': 'sv4crc',
  'application/x-tar': 'tar tgz taz tz tbz2 txz',
  'application/x-tcl': 'tcl',
  'application/x-tex': 'tex',
  'application/x-texinfo': 'texi texinfo',
  'application/x-troff': 'roff t tr',
  'application/x-troff-man': 'man',
  'application/x-troff-me': 'me',
  'application/x-troff-ms': 'ms',
  'application/x-ustar': 'ustar',
  'application/x-wais-source': 'src',
  'application/xml': 'rdf wsdl xpdl xsl',
  'application/zip': 'zip',
  'audio/3gpp': '3gp 3gpp',
  'audio/3gpp2': '3g2 3gpp2',
  'audio/aac': 'aac adts ass loas',
  'audio/basic': 'au snd',
  'audio/mpeg': 'mp2 mp3',
  'audio/opus': 'opus',
  'audio/x-aiff': 'aif aifc aiff',
  'audio/x-pn-realaudio': 'ra',
  'audio/x-wav': 'wav',
  'image/avif': 'avif',
  'image/bmp': 'bmp',
  'image/gif': 'gif',
  'image/heic': 'heic',
  'image/heif': 'heif',
  'image/ief': 'ief',
  'image/jpeg': 'jpe jpeg jpg',
  'image/png': 'png',
  'image/svg+xml': 'svg svgz',
  'image/tiff': 'tif tiff',
  'image/vnd.microsoft.icon': 'ico',
  'image/x-cmu-raster': 'ras',
  'image/x-portable-anymap': 'pnm',
  'image/x-portable-bitmap': 'pbm',
  'image/x-portable-graymap': 'pgm',
  'image/x-portable-pixmap': 'ppm',
  'image/x-rgb': 'rgb',
  'image/x-xbitmap': 'xbm',
  'image/x-xpixmap': 'xpm',
  'image/x-xwindowdump': 'xwd',
  'message/rfc822': 'eml mht mhtml nws',
  'text/css': 'css',
  'text/html': 'htm html',
  'text/n3': 'n3',
  'text/plain': 'bat c h ksh pl srt',
  'text/richtext': 'rtx',
  'text/vtt': 'vtt',
  'text/x-setext': 'etx',
  'text/x-sgml': 'sgm sgml',
  'text/x-vcard': 'vcf',
  'video/mp4': 'mp4',
  'video/mpeg': 'm1v mpa mpe mpeg mpg',
  'video/quicktime': 'mov qt',
  'video/webm': 'webm',
  'video/x-msvideo': 'avi',
  'video/x-sgi-movie': 'movie',
  'application/dicom': 'dcm',
  'application/geo+json': 'geojson',
  'application/rtf': 'rtf',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': 'pptx',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'application/x-7z-compressed': '7z',
  'application/zstd': 'zst',
  'audio/flac': 'flac',
  'audio/ogg': 'ogg',
  'font/ttf': 'ttf',
  'font/woff2': 'woff2',
  'image/webp': 'webp',
  'model/gltf+json': 'gltf',
  'model/gltf-binary': 'glb',
}

/** Text types that MLflow names itself when the extension is not spelt in lower case, as in `data.JSON`. */
const shoutedTypes: Readonly<Record<string, string>> = {
  json: 'application/json',
  js: 'application/javascript',
  csv: 'text/csv',
  tsv: 'text/tab-separated-values',
  py: 'text/x-python',
  txt: 'text/plain',
  xml: 'text/xml',
}

const plainTextExtensions = new Set(plainText.split(' '))
const typeByExtension = new Map([
  ...Object.entries(types).flatMap(([type, names]) => names.split(' ').map((name) => [name, type] as const)),
  ...Object.entries(shoutedTypes),
])
const compressions = new Set(['.gz', '.Z', '.bz2', '.xz', '.br'])

/**
 * The content type that MLflow 3.17.0 serves a file with, by its name: what people read is `text/plain`, so that browsers
 * show it, unknown files are bytes. A compressed file has the type of what is in it (`a.tar.gz` is a tar archive).
 */
export function contentTypeOf(name: string): string {
  const extension = posix.extname(name)
  if (plainTextExtensions.has(extension === '' ? name : extension.slice(1))) return 'text/plain'
  const inner = compressions.has(extension) ? posix.extname(name.slice(0, -extension.length)) : extension
  return typeByExtension.get(inner.slice(1).toLowerCase()) ?? 'application/octet-stream'
}
