/** An API guarded as express-oauth2-jwt-bearer's own documentation shows it. */
import express from 'express';
import { auth, requiredScopes } from 'express-oauth2-jwt-bearer';

const { ISSUER, AUDIENCE, PORT } = process.env;
const app = express();
app.use(auth({ issuerBaseURL: ISSUER, audience: AUDIENCE, tokenSigningAlg: 'ES256', strict: true }));
app.get('/me', requiredScopes('weather:read'), (request, response) => response.json(request.auth.payload));
app.listen(Number(PORT), '127.0.0.1', () => console.log('listening'));
