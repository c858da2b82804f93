/** A web application that signs people in with passport-openidconnect, as its own documentation shows it, nonce switched on. */
import express from 'express';
import session from 'express-session';
import passport from 'passport';
import OpenIDConnectStrategy from 'passport-openidconnect';

const { ISSUER, CLIENT_ID, CLIENT_SECRET, PORT } = process.env;
passport.use(
  new OpenIDConnectStrategy(
    {
      issuer: ISSUER,
      authorizationURL: `${ISSUER}/oauth/authorize`,
      tokenURL: `${ISSUER}/oauth/token`,
      userInfoURL: `${ISSUER}/oauth/userinfo`,
      clientID: CLIENT_ID,
      clientSecret: CLIENT_SECRET,
      callbackURL: `http://localhost:${PORT}/callback`,
      scope: 'profile email',
      nonce: true,
    },
    (issuer, profile, done) => done(null, { issuer, profile }),
  ),
);
passport.serializeUser((user, done) => done(null, user));
passport.deserializeUser((user, done) => done(null, user));

const app = express();
app.use(session({ secret: 'a long and random text', resave: false, saveUninitialized: false }));
app.use(passport.session());
app.get('/callback', passport.authenticate('openidconnect', { successRedirect: '/me' }));
app.get(
  '/me',
  (request, response, next) =>
    request.isAuthenticated() ? next() : passport.authenticate('openidconnect')(request, response, next),
  (request, response) => response.json(request.user),
);
app.listen(Number(PORT), () => console.log('listening'));
