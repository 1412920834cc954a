/**
 * This process's environment without anything that could lead to a real account, or send a call for 127.0.0.1 to a proxy.
 * @returns {Record<string, string>}
 */
export function cleanEnvironment() {
  const kept = Object.entries(process.env).filter(([name]) => !/^AWS_|_proxy$/i.test(name));
  return {
    ...Object.fromEntries(kept),
    NO_PROXY: '127.0.0.1,localhost',
    AWS_EC2_METADATA_DISABLED: 'true',
    // The files in ~/.aws can name endpoints and profiles too, and even say that the endpoints above do not count.
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  };
}

/**
 * What an AWS client needs in order to speak with the local AWS: the operator's own names, so that the command line, an SDK
 * and a function all take the same.
 * @param {{ main?: string, moto: string }} endpoints
 * @returns {Record<string, string>}
 */
export function clientEnvironment({ main, moto }) {
  return {
    ...(main ? { AWS_ENDPOINT_URL: main } : {}),
    AWS_ENDPOINT_URL_EC2: moto,
    AWS_ENDPOINT_URL_AUTO_SCALING: moto,
    AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2: moto,
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
}
