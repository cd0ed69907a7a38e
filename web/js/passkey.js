// A passkey that brings the member's secret back (WEB.md, the key). Once it has seen finger or face, the device works the secret out of a salt that
// never changes (prf, of WebAuthn), so that whoever has the same passkeys on another device, or on this one when all was wiped, gets the
// same. Nobody logs in with it: no public key of it goes anywhere, and nobody checks the challenge.
//
//   whenAvailable(then)  calls `then` once browser and device have said that they can do that; never where they can't, or say nothing
//   create(name)         Promise of {secret, forget()}: a new passkey, under the panel's name, and 16 bytes; undefined where person or device declines
//   secret()             Promise of the 16 bytes of a passkey that the person picks; undefined likewise
import { randomBytes, toBase64url, utf8 } from './bytes.js';
import { SECRET_BYTES } from './key.js';

const SALT = utf8('burgerpanel member secret v1');
const ALGORITHMS = [-8, -7, -257]; // any: what is signed is thrown away
const prf = { prf: { eval: { first: SALT } } };

// An address has no passkeys, a host name does.
const isHostName = () => !/^[\d.]+$|^\[/.test(location.hostname);

export async function whenAvailable(then) {
  if (!isHostName() || !window.PublicKeyCredential?.getClientCapabilities) return;
  const can = await PublicKeyCredential.getClientCapabilities().catch(() => ({}));
  if (can['extension:prf'] === true && can.userVerifyingPlatformAuthenticator === true) then();
}

const resultOf = (credential) => {
  const first = credential?.getClientExtensionResults().prf?.results?.first;
  return first && new Uint8Array(first).slice(0, SECRET_BYTES);
};

const pick = (allowCredentials) =>
  navigator.credentials.get({ publicKey: { challenge: randomBytes(32), allowCredentials, userVerification: 'required', extensions: prf } }).catch(() => null);

// Some devices keep list of passkeys that can be told that one is of no use; others go on offering it.
const forget = (credential) =>
  window.PublicKeyCredential.signalUnknownCredential?.({ rpId: location.hostname, credentialId: toBase64url(new Uint8Array(credential.rawId)) }).catch(() => {});

export async function create(name) {
  const credential = await navigator.credentials.create({
    publicKey: {
      rp: { name },
      user: { id: randomBytes(16), name, displayName: name },
      challenge: randomBytes(32),
      pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: 'public-key', alg })),
      authenticatorSelection: { authenticatorAttachment: 'platform', residentKey: 'required', userVerification: 'required' },
      extensions: prf,
    },
  }).catch(() => null);
  if (!credential) return undefined;
  // Not every device works it out when the passkey is made.
  const found = resultOf(credential) ?? resultOf(await pick([{ type: 'public-key', id: credential.rawId }]));
  if (found) return { secret: found, forget: () => forget(credential) };
  await forget(credential);
  return undefined;
}

export const secret = async () => resultOf(await pick([]));
