import type { OwnWords } from '../../language/own-words.ts';

const en = {
  title: 'JWT inspector',
  lead: 'Paste a token to see what it says, whether it is genuine, and what is wrong with it. It stays in this page: nothing of it is sent or kept.',
  token: 'Token',
  tokenHint: 'eyJhbGciOi…',
  whose: 'Verify with the keys of',
  thisIssuer: 'This Gatehouse',
  pasted: 'Pasted keys',
  jwks: 'Key set (JWKS) as JSON',
  jwksBad: 'This is no key set: it needs a member `keys` with at least one key.',
  jwksHint:
    'This page talks to its own server alone, so keys of other issuers are pasted: from the jwks_uri of their discovery document.',
  audience: 'It must be meant for (audience)',
  audienceHint: 'https://weather.example.com',
  anyAudience: 'Left out: whoever it is meant for is fine.',
  emptyTitle: 'Nothing to look at yet',
  emptyText:
    'A token has three parts with two dots between them. Take one from an Authorization header, without the word Bearer.',
  header: 'Header',
  claims: 'Claims',
  signature: 'Signature',
  raw: 'As it is written',
  verdictGood: 'Genuine and good now',
  verdictBad: 'Not to be accepted',
  verdictUnknown: 'Readable, and not verified',
  findings: 'What there is to say',
  keyUsed: (kid: string) => `Signed with the key ${kid}`,
  said: {
    notJwt: 'This is not a JWT: it needs three parts with two dots between them.',
    encrypted: 'This is an encrypted token (five parts): only its recipient can read it.',
    opaque: 'This is one of Gatehouse’s own credentials and not a JWT. Ask the introspection endpoint what it is.',
    badHeader: 'The first part is not JSON in base64url: the token is damaged, or was cut.',
    badClaims: 'The second part is not JSON in base64url: the token is damaged, or was cut.',
    whitespace: 'There were spaces or line breaks in it. They were taken out; whoever sends it should do that too.',
    bearer: 'The word Bearer stood before it. It belongs to the header, and not to the token.',
    algNone: 'Its algorithm is none: nobody signed it. Anybody could have written it, and nobody may accept it.',
    algShared: (alg: string) =>
      `${alg} signs with a shared secret: whoever can check it can also make one. Public keys can’t verify it.`,
    algUnknown: (alg: string) => `The algorithm ${alg} is not one that is used for tokens.`,
    noKid: 'It names no key (kid). With several keys, whoever verifies has to try them all.',
    unknownKid: (kid: string) =>
      `It names the key ${kid}, which is not among the issuer’s keys: it is from another issuer, or the key was retired.`,
    keyHeader: (name: string) =>
      `The header brings a key along (${name}). A verifier must ignore that: the token would vouch for itself.`,
    crit: (names: string) =>
      `It says that ${names} must be understood (crit). Who does not know it must refuse the token.`,
    signatureBad: 'The signature does not fit: the token was changed after it was signed, or signed with another key.',
    signatureGood: 'The signature is right.',
    keysUnreachable: 'The keys could not be read, so the signature was not checked.',
    expired: (ago: string) => `It expired ${ago}.`,
    expiredSkew: (ago: string) =>
      `It expired ${ago}: within the clock skew that many verifiers allow, and not for long.`,
    noExp: 'It never expires (no exp). A token that leaks works forever.',
    expires: (when: string) => `It expires ${when}.`,
    longLived: (time: string) => `It lives for ${time}. Access tokens should live for minutes.`,
    notYet: (when: string) => `It is not good yet: only ${when} (nbf).`,
    iatFuture: (when: string) =>
      `It says that it was issued ${when}, in the future: the clocks of the issuer and of this device disagree.`,
    badTime: (name: string) => `${name} is not a number of seconds since 1970, so no verifier can read it.`,
    timeInMillis: (name: string) => `${name} looks like milliseconds. JWTs count seconds.`,
    wrongIssuer: (iss: string) => `It was issued by ${iss}, and not by the issuer whose keys verify here.`,
    noIssuer: 'It names no issuer (iss).',
    wrongAudience: (aud: string) =>
      `It is meant for ${aud}, and not for the audience asked for. Who accepts it anyway can be played off against others.`,
    noAudience: 'It names nobody it is meant for (aud).',
    audienceGood: 'It is meant for the audience asked for.',
    typAccess: 'It is an access token (typ at+jwt): for an API, and not for whoever signs a person in.',
    typId: 'It looks like an ID token: it tells an application who signed in, and is no credential for an API.',
    typLogout: 'It is a logout token: it ends sessions, and grants nothing.',
    typDpop: 'It is a DPoP proof: it accompanies one request, and is no credential by itself.',
    dpopBound:
      'It is bound to a key of its holder (cnf.jkt, DPoP). Whoever steals it can’t use it without that key; each request needs a proof besides.',
    mtlsBound:
      'It is bound to a client certificate (cnf.x5t#S256). It works only over a connection with that certificate.',
    act: (who: string) => `${who} acts for its subject (act).`,
    sub: (sub: string) => `It speaks of ${sub}.`,
    scope: (scope: string) => `It carries the scopes ${scope}.`,
    noScope: 'It carries no scope.',
  },
};

const de: typeof en = {
  title: 'JWT-Inspektor',
  lead: 'Fügen Sie ein Token ein und sehen Sie, was es sagt, ob es echt ist, und was daran nicht stimmt. Es bleibt auf dieser Seite: nichts davon wird gesendet oder behalten.',
  token: 'Token',
  tokenHint: 'eyJhbGciOi…',
  whose: 'Prüfen mit den Schlüsseln von',
  thisIssuer: 'Dieses Gatehouse',
  pasted: 'Eigener Schlüssel',
  jwks: 'Schlüsselliste (JWKS) als JSON',
  jwksBad: 'Das ist keine Schlüsselliste: sie braucht `keys` mit mindestens einem Schlüssel.',
  jwksHint:
    'Diese Seite spricht nur mit ihrem eigenen Server, darum werden Schlüssel anderer Aussteller eingefügt: von der jwks_uri ihres Discovery-Dokuments.',
  audience: 'Es muss bestimmt sein für (audience)',
  audienceHint: 'https://weather.example.com',
  anyAudience: 'Leer: für wen es bestimmt ist, ist egal.',
  emptyTitle: 'Noch nichts zu sehen',
  emptyText:
    'Ein Token hat drei Teile mit zwei Punkten dazwischen. Nehmen Sie eines aus einem Authorization-Header, ohne das Wort Bearer.',
  header: 'Kopf',
  claims: 'Claims',
  signature: 'Signatur',
  raw: 'Wie es geschrieben steht',
  verdictGood: 'Echt und jetzt gültig',
  verdictBad: 'Nicht anzunehmen',
  verdictUnknown: 'Lesbar, aber nicht geprüft',
  findings: 'Was dazu zu sagen ist',
  keyUsed: (kid) => `Signiert mit dem Schlüssel ${kid}`,
  said: {
    notJwt: 'Das ist kein JWT: es braucht drei Teile mit zwei Punkten dazwischen.',
    encrypted: 'Das ist ein verschlüsseltes Token (fünf Teile): nur der Empfänger kann es lesen.',
    opaque:
      'Das ist ein eigener Ausweis von Gatehouse und kein JWT. Fragen Sie den Introspection-Endpunkt, was er ist.',
    badHeader: 'Der erste Teil ist kein JSON in base64url: das Token ist beschädigt oder abgeschnitten.',
    badClaims: 'Der zweite Teil ist kein JSON in base64url: das Token ist beschädigt oder abgeschnitten.',
    whitespace:
      'Es standen Leerzeichen oder Zeilenumbrüche darin. Sie wurden entfernt; wer es sendet, sollte das auch tun.',
    bearer: 'Davor stand das Wort Bearer. Es gehört zum Header und nicht zum Token.',
    algNone:
      'Der Algorithmus ist none: niemand hat es signiert. Jeder könnte es geschrieben haben, und niemand darf es annehmen.',
    algShared: (alg) =>
      `${alg} signiert mit einem geteilten Geheimnis: wer prüfen kann, kann auch welche machen. Öffentliche Schlüssel können es nicht prüfen.`,
    algUnknown: (alg) => `Der Algorithmus ${alg} wird für Tokens nicht verwendet.`,
    noKid: 'Es nennt keinen Schlüssel (kid). Wer prüft, muss bei mehreren alle durchprobieren.',
    unknownKid: (kid) =>
      `Es nennt den Schlüssel ${kid}, der nicht unter denen des Ausstellers ist: es kommt von einem anderen, oder der Schlüssel ist ausser Dienst.`,
    keyHeader: (name) =>
      `Der Kopf bringt einen Schlüssel mit (${name}). Wer prüft, darf ihn nicht beachten: das Token bürgte für sich selbst.`,
    crit: (names) => `Es verlangt, dass ${names} verstanden wird (crit). Wer es nicht kennt, muss das Token ablehnen.`,
    signatureBad:
      'Die Signatur passt nicht: das Token wurde nach dem Signieren verändert, oder mit einem anderen Schlüssel signiert.',
    signatureGood: 'Die Signatur stimmt.',
    keysUnreachable: 'Die Schlüssel liessen sich nicht lesen, also wurde die Signatur nicht geprüft.',
    expired: (ago) => `Es ist ${ago} abgelaufen.`,
    expiredSkew: (ago) =>
      `Es ist ${ago} abgelaufen: noch innerhalb dessen, was viele an Uhrenabweichung zulassen, aber nicht mehr lange.`,
    noExp: 'Es läuft nie ab (kein exp). Eines, das entwischt, gilt für immer.',
    expires: (when) => `Es läuft ${when} ab.`,
    longLived: (time) => `Es lebt ${time}. Zugriffstoken sollten Minuten leben.`,
    notYet: (when) => `Es gilt noch nicht: erst ${when} (nbf).`,
    iatFuture: (when) =>
      `Es sei ${when} ausgestellt worden, in der Zukunft: die Uhren des Ausstellers und dieses Geräts sind uneins.`,
    badTime: (name) => `${name} ist keine Zahl von Sekunden seit 1970, also kann es niemand lesen.`,
    timeInMillis: (name) => `${name} sieht nach Millisekunden aus. JWTs zählen Sekunden.`,
    wrongIssuer: (iss) => `Ausgestellt hat es ${iss}, und nicht der Aussteller, dessen Schlüssel hier prüfen.`,
    noIssuer: 'Es nennt keinen Aussteller (iss).',
    wrongAudience: (aud) =>
      `Es ist für ${aud} bestimmt und nicht für die verlangte Audience. Wer es trotzdem annimmt, lässt sich gegen andere ausspielen.`,
    noAudience: 'Es nennt niemanden, für den es bestimmt ist (aud).',
    audienceGood: 'Es ist für die verlangte Audience bestimmt.',
    typAccess: 'Es ist ein Zugriffstoken (typ at+jwt): für eine API, und nicht für den, der jemanden anmeldet.',
    typId:
      'Es sieht nach einem ID-Token aus: es sagt einer Anwendung, wer sich anmeldete, und ist kein Ausweis für eine API.',
    typLogout: 'Es ist ein Logout-Token: es beendet Sitzungen und gewährt nichts.',
    typDpop: 'Es ist ein DPoP-Beweis: er begleitet einen Aufruf und ist allein kein Ausweis.',
    dpopBound:
      'Es ist an einen Schlüssel seines Inhabers gebunden (cnf.jkt, DPoP). Wer es stiehlt, kann es ohne ihn nicht brauchen; jeder Aufruf braucht dazu einen Beweis.',
    mtlsBound: 'Es ist an ein Client-Zertifikat gebunden (cnf.x5t#S256). Es wirkt nur über eine Verbindung mit diesem.',
    act: (who) => `${who} handelt für das Subjekt (act).`,
    sub: (sub) => `Es spricht von ${sub}.`,
    scope: (scope) => `Es trägt die Scopes ${scope}.`,
    noScope: 'Es trägt keinen Scope.',
  },
};

export const jwtWords: OwnWords<typeof en> = { en, de };
export type JwtWords = typeof en;
