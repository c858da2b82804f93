/** An API guarded by passport-jwt, with the key from the JWKS. */
import { createPublicKey } from 'node:crypto';
import express from 'express';
import passport from 'passport';
import { ExtractJwt, Strategy } from 'passport-jwt';

const { ISSUER, AUDIENCE, PORT } = process.env;

async function keyOf(token) {
  const { kid } = JSON.parse(Buffer.from(token.split('.')[0], 'base64url').toString());
  const { keys } = await (await fetch(`${ISSUER}/.well-known/jwks.json`)).json();
  return createPublicKey({ key: keys.find((key) => key.kid === kid), format: 'jwk' }).export({
    type: 'spki',
    format: 'pem',
  });
}

passport.use(
  new Strategy(
    {
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      secretOrKeyProvider: (_request, token, done) =>
        keyOf(token).then(
          (key) => done(null, key),
          (error) => done(error),
        ),
      issuer: ISSUER,
      audience: AUDIENCE,
      algorithms: ['ES256'],
    },
    (payload, done) => done(null, payload),
  ),
);
const app = express();
app.get('/me', passport.authenticate('jwt', { session: false }), (request, response) => response.json(request.user));
app.listen(Number(PORT), '127.0.0.1', () => console.log('listening'));
