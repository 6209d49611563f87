// A real OpenID provider on 127.0.0.1 for tests, which can be told to lie in its ID tokens.
//
//   node provider.mjs REDIRECT_URI      prints {"issuer": …}; ends when its input ends
//
// A line of input says how it lies from then on: none, nonce, issuer, audience, expired, key, unsigned, subject:NAME (another person's subject).
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import Provider from 'oidc-provider';
import { SignJWT, decodeJwt, exportJWK, generateKeyPair, importJWK } from 'jose';

const redirect = process.argv[2];
const server = createServer();
await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
const issuer = `http://127.0.0.1:${server.address().port}`;

const pair = async () => ({ ...(await exportJWK((await generateKeyPair('RS256', { extractable: true })).privateKey)), alg: 'RS256', use: 'sig', kid: 'one' });
const [own, foreign] = [await pair(), await pair()];
let lie = 'none';

const provider = new Provider(issuer, {
  jwks: { keys: [own] },
  clients: [{ client_id: 'rollcall', client_secret: 'a secret of the town', redirect_uris: [redirect], response_types: ['code'], grant_types: ['authorization_code'] }],
  cookies: { keys: ['a key of the test'] },
  pkce: { required: () => true },
  conformIdTokenClaims: process.env.PLAIN !== 'yes',
  claims: { openid: ['sub'], profile: ['preferred_username'], email: ['email', 'email_verified'] },
  // Persons are whoever they say they are; an address that begins with « un » is one that nobody verified.
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, preferred_username: id, email: `${id}@ville.example`, email_verified: !id.startsWith('un') }),
  }),
  // Nobody is asked for consent: the town is its own.
  loadExistingGrant: async (ctx) => {
    const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
    grant.addOIDCScope('openid profile email');
    await grant.save();
    return grant;
  },
  features: { devInteractions: { enabled: true }, rpInitiatedLogout: { enabled: true } },
});

provider.use(async (ctx, next) => {
  await next();
  if (ctx.path !== '/token' || !ctx.body?.id_token || lie === 'none') return;
  const claims = decodeJwt(ctx.body.id_token);
  const past = Math.floor(Date.now() / 1000) - 7200;
  if (lie.startsWith('subject:')) claims.sub = lie.slice(8);
  if (lie === 'nonce') claims.nonce = 'another';
  if (lie === 'issuer') claims.iss = 'https://evil.example';
  if (lie === 'audience') claims.aud = 'another';
  if (lie === 'expired') Object.assign(claims, { iat: past, exp: past + 60 });
  if (lie === 'unsigned') {
    const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
    ctx.body = { ...ctx.body, id_token: `${part({ alg: 'none' })}.${part(claims)}.` };
    return;
  }
  const key = await importJWK(lie === 'key' ? foreign : own, 'RS256');
  ctx.body = { ...ctx.body, id_token: await new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'one' }).sign(key) };
});

server.on('request', provider.callback());
const input = createInterface({ input: process.stdin });
input.on('line', (line) => {
  lie = line.trim();
  console.log(JSON.stringify({ lie }));
});
input.on('close', () => process.exit(0));
console.log(JSON.stringify({ issuer }));
