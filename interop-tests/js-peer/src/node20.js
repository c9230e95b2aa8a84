// Node.js 20 lacks what libp2p's packages take for granted of 22; this must be imported first.

import { WebSocket } from 'ws'

Promise.withResolvers ??= function () {
  const deferred = {}
  deferred.promise = new this((resolve, reject) => Object.assign(deferred, { resolve, reject }))
  return deferred
}

globalThis.WebSocket ??= WebSocket
