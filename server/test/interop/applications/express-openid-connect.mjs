/** A web application that signs people in with express-openid-connect, as its own documentation shows it. */
import express from 'express';
import openid from 'express-openid-connect';

const { ISSUER, CLIENT_ID, CLIENT_SECRET, PORT } = process.env;
const app = express();
app.use(
  openid.auth({
    issuerBaseURL: ISSUER,
    baseURL: `http://localhost:${PORT}`,
    clientID: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    secret: 'a long and random text for the session cookie',
    authRequired: false,
    idTokenSigningAlg: 'ES256',
    authorizationParams: { response_type: 'code', response_mode: 'query', scope: 'openid profile email' },
  }),
);
app.get('/me', openid.requiresAuth(), async (request, response) =>
  response.json({ claims: request.oidc.idTokenClaims, info: await request.oidc.fetchUserInfo() }),
);
app.listen(Number(PORT), () => console.log('listening'));
