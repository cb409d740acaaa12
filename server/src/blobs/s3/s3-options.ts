/** Where an S3 store is and how it is reached. Credentials come from the SDK's usual chain, never from here. */
export interface S3Options {
  readonly bucket: string
  /** What all keys of the store begin with, without a slash at either end; empty for the whole bucket. */
  readonly prefix: string
  /** Absent: `AWS_ENDPOINT_URL_S3` and the like, else Amazon's own. */
  readonly endpoint?: string | undefined
  /** How clients reach the store, for URLs that are made for them; absent: as this server does. */
  readonly publicEndpoint?: string | undefined
  /** Absent: `AWS_REGION` and the like; with an endpoint of one's own, any name does. */
  readonly region?: string | undefined
  /** Whether the bucket is the first name of the path instead of a part of the host's name. */
  readonly pathStyle: boolean
  /** Whether clients may be sent to the store by presigned URLs. */
  readonly direct: boolean
  /** Profile of the shared configuration files to take credentials and region from. */
  readonly profile?: string | undefined
  /** How long the store may take to begin an answer, or to go on with one, in ms. */
  readonly patience?: number | undefined
}

/** `s3://bucket/prefix`: what people call the store. */
export function locationOf({ bucket, prefix }: S3Options): string {
  return prefix === '' ? `s3://${bucket}` : `s3://${bucket}/${prefix}`
}
