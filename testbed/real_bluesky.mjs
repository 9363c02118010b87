// Starts the servers of Bluesky from its own development kit; prints where they are once all of them answer.
import { TestNetwork } from '@atproto/dev-env'

const [pds, plc, bsky] = process.argv.slice(2).map((port) => ({ port: Number(port) }))
const network = await TestNetwork.create({ dbPostgresSchema: 'tirage', pds, plc, bsky })
console.log(JSON.stringify({ pds: network.pds.url, bsky: network.bsky.url }))
