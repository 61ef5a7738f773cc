// A preload: connections to the metadata address of an ECS, which no test may open, go to a port of the
// test on this machine.
import net from 'node:net'

const { connect } = net
net.connect = (options, ...rest) =>
  options?.host === '169.254.169.254'
    ? connect({ ...options, host: '127.0.0.1', port: Number(process.env.METADATA_PORT) }, ...rest)
    : connect(options, ...rest)
