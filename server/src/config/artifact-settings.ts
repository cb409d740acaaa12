import { readEndpoint } from './artifact-stores.ts'
import { type Setting, text, trueOrFalse } from './setting-kinds.ts'

/** Where artifacts lie. */
export const artifactSettings = {
  artifacts: {
    flag: 'artifacts',
    placeholder: 'URL',
    help: 'Where artifacts are stored: a directory, a file:// URL or s3://BUCKET/PREFIX (see docs/guide/artifacts.md).',
    defaultText: '<data-dir>/artifacts',
    read: text,
  },
  artifactStore: {
    flag: 'artifact-store',
    placeholder: 'NAME=URL',
    help: 'Another store, for experiments whose artifact location is mlflow-artifacts:/@NAME/...; may be repeated.',
    defaultText: 'none',
    read: text,
    isRepeatable: true,
  },
  s3Endpoint: {
    flag: 's3-endpoint',
    placeholder: 'URL',
    help: 'Where S3 is, such as https://minio:9000; ?endpoint= in the URL of a store wins.',
    defaultText: "AWS_ENDPOINT_URL_S3, else Amazon's",
    read: readEndpoint,
  },
  s3PublicEndpoint: {
    flag: 's3-public-endpoint',
    placeholder: 'URL',
    help: 'How clients reach S3, for presigned URLs.',
    defaultText: 'as the server does',
    read: readEndpoint,
  },
  s3Region: {
    flag: 's3-region',
    placeholder: 'NAME',
    help: 'Region of the buckets.',
    defaultText: 'AWS_REGION, the AWS profile; us-east-1 with an endpoint',
    read: text,
  },
  s3PathStyle: {
    flag: 's3-path-style',
    placeholder: 'true|false',
    help: 'Whether buckets are named in the path instead of the host name.',
    defaultText: 'true with an endpoint, else false',
    read: trueOrFalse,
  },
  s3Direct: {
    flag: 's3-direct',
    placeholder: 'true|false',
    help: 'Whether clients may be sent to S3 by presigned URLs; false when they cannot reach it.',
    defaultText: 'true',
    read: trueOrFalse,
  },
} as const satisfies Record<string, Setting<unknown>>
