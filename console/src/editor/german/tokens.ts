/** Clients, APIs, other issuers and servers, and by what tokens are signed. */
export const tokens: Readonly<Record<string, string>> = {
  'An application that asks for tokens. Its client_id is its name.':
    'Eine Anwendung, die Tokens verlangt. Ihre client_id ist ihr Name.',
  'Shown to people on the consent page.': 'Steht auf der Seite, auf der Personen zustimmen.',
  'confidential: a server that can keep a secret. public: an app in a browser or on a device.':
    'confidential: ein Server, der ein Geheimnis behalten kann. public: eine App im Browser oder auf einem Gerät.',
  'Ways it gets tokens.': 'Wie er Tokens bekommt.',
  'Pinged when a person has answered (CIBA, ping). Left out: the client polls.':
    'Wird angestoßen, wenn eine Person geantwortet hat (CIBA, ping). Ohne Angabe fragt der Client nach.',
  'Told when somebody is signed out (OpenID Connect Back-Channel Logout).':
    'Erfährt, wenn jemand abgemeldet wird (OpenID Connect Back-Channel Logout).',
  'Scopes it may ask for.': 'Scopes, die er verlangen darf.',
  'What it gets when it asks for no scope. All of `scopes` unless said otherwise.':
    'Was er bekommt, wenn er keinen Scope verlangt. Ohne Angabe alle aus `scopes`.',
  'People can’t untick these when they are asked to consent. `openid` is always one of them.':
    'Personen können diese nicht abwählen, wenn sie zustimmen sollen. `openid` gehört immer dazu.',
  'APIs it may call, by name.': 'APIs, die er aufrufen darf, mit Namen.',
  'Ours: people are not asked to consent.': 'Eigener: Personen werden nicht um Zustimmung gebeten.',
  'The organization whose client it is, for which it acts. Its name then begins with `<organization>--`.':
    'Die Organisation, deren Client er ist und für die er handelt. Sein Name beginnt dann mit `<organization>--`.',
  'Plan whose limits apply to its tokens.': 'Plan, dessen Grenzen für seine Tokens gelten.',
  'APIs that this client is the server of: it may introspect their access tokens (RFC 7662).':
    'APIs, deren Server dieser Client ist: Er darf ihre Access-Tokens nachschlagen (RFC 7662).',
  'In its id tokens and at userinfo. Further claims, each `from` one of client.id, client.name, user.id, user.name, user.locale, user.email, user.email_verified, user.roles, user.groups, user.organization, an `attribute` of the person, or a fixed `value`. At most 30, 1024 characters a text.':
    'In seinen ID-Tokens und bei Userinfo. Weitere Claims, jeder `from` aus client.id, client.name, user.id, user.name, user.locale, user.email, user.email_verified, user.roles, user.groups, user.organization, einem `attribute` der Person oder einem festen `value`. Höchstens 30, ein Text höchstens 1024 Zeichen.',
  'pairwise: people have names of their own for each sector, which no other sector can match.':
    'pairwise: Personen haben für jeden Sektor eigene Namen, die kein anderer zuordnen kann.',
  'For pairwise: clients of one sector are told the same names. The host of the redirect URIs unless said otherwise.':
    'Für pairwise: Clients eines Sektors erfahren dieselben Namen. Ohne Angabe der Host der Redirect-URIs.',
  'How its id tokens are signed. As the tenant’s signing_policy says unless said otherwise.':
    'Wie seine ID-Tokens signiert werden. Ohne Angabe, wie es die signing_policy des Mandanten sagt.',
  'Its id tokens are signed, and then encrypted to it (RFC 7516).':
    'Seine ID-Tokens werden signiert und dann für ihn verschlüsselt (RFC 7516).',
  'The client’s public key (RFC 7517); its `alg` says by which algorithm, where there are several. Left out: the first at `jwksUri` with `use: enc`.':
    'Der öffentliche Schlüssel des Clients (RFC 7517); sein `alg` sagt, mit welchem Verfahren, wo es mehrere gibt. Ohne Angabe der erste bei `jwksUri` mit `use: enc`.',
  'Of the keys at `jwksUri`, the first of this algorithm.':
    'Von den Schlüsseln bei `jwksUri` der erste dieses Verfahrens.',
  'How the content is encrypted (RFC 7518 §5).': 'Wie der Inhalt verschlüsselt wird (RFC 7518 §5).',
  'Userinfo answers it with a signed JWT, encrypted to it.':
    'Userinfo antwortet ihm mit einem signierten JWT, für ihn verschlüsselt.',
  'The address that is its client_id and describes it. Set when it first comes; left out for all others.':
    'Die Adresse, die seine client_id ist und ihn beschreibt. Wird gesetzt, wenn er zum ersten Mal kommt; fehlt bei allen anderen.',
  'Security profile. The tenant’s own unless said otherwise.': 'Sicherheitsprofil. Ohne Angabe das des Mandanten.',
  'The one way it authenticates. Left out: a secret for confidential clients, none for public ones.':
    'Die eine Art, auf die er sich ausweist. Ohne Angabe: ein Geheimnis für vertrauliche Clients, nichts für öffentliche.',
  'For private_key_jwt: its assertions are signed by this algorithm alone.':
    'Für private_key_jwt: Seine Nachweise sind allein mit diesem Verfahren signiert.',
  'Its public keys (RFC 7517).': 'Seine öffentlichen Schlüssel (RFC 7517).',
  'Where its public keys are, instead of `jwks`.': 'Wo seine öffentlichen Schlüssel sind, anstelle von `jwks`.',
  'For tls_client_auth: who issues its certificate, and for which name.':
    'Für tls_client_auth: wer sein Zertifikat ausstellt und auf welchen Namen.',
  'Certificate that issues the client’s own, in PEM form.':
    'Zertifikat, mit dem das des Clients ausgestellt wird, in PEM-Form.',
  'Subject as RFC 4514 writes it: CN=billing,O=Example.': 'Inhaber, wie RFC 4514 ihn schreibt: CN=billing,O=Example.',
  'For workload_token: one must match.': 'Für workload_token: Eines muss passen.',
  '`iss` of its tokens; its keys are found through its metadata.':
    '`iss` seiner Tokens; seine Schlüssel werden über seine Metadaten gefunden.',
  '`aud` that the token must carry. Best is this server’s own address.':
    '`aud`, das das Token tragen muss. Am besten die Adresse dieses Servers.',
  'Its authorization requests must be pushed (RFC 9126).':
    'Seine Autorisierungsanfragen müssen vorab eingereicht werden (RFC 9126).',
  'false: a confidential client on an old library may leave PKCE out where it sends a nonce and checks it (OAuth 2.1 §7.5.1).':
    'false: Ein vertraulicher Client mit einer alten Bibliothek darf PKCE weglassen, wo er eine Nonce schickt und prüft (OAuth 2.1 §7.5.1).',
  'Signed authorization requests (RFC 9101).': 'Signierte Autorisierungsanfragen (RFC 9101).',
  'Requests that are not signed are refused.': 'Anfragen ohne Signatur werden abgelehnt.',
  'Those that are encrypted are so in this way alone.': 'Verschlüsselte sind es allein auf diese Art.',
  'Addresses it may give as request_uri, exactly.': 'Adressen, die er als request_uri nennen darf, genau so.',
  'Response modes it may ask for. All unless said otherwise.':
    'Response-Modes, die er verlangen darf. Ohne Angabe alle.',
  'Types of authorization details it may ask for (RFC 9396).':
    'Arten von Authorization-Details, die er verlangen darf (RFC 9396).',
  'People can’t untick entries of these types when they are asked to consent.':
    'Personen können Einträge dieser Arten nicht abwählen, wenn sie zustimmen sollen.',
  'Its access tokens are bound: to a DPoP key (RFC 9449) or to its TLS certificate (RFC 8705).':
    'Seine Access-Tokens sind gebunden: an einen DPoP-Schlüssel (RFC 9449) oder an sein TLS-Zertifikat (RFC 8705).',
  'An API that access tokens are for: its audience, its scopes, and how long its tokens live.':
    'Eine API, für die Access-Tokens sind: ihre Audience, ihre Scopes und wie lange ihre Tokens leben.',
  'The `aud` of its tokens and the `resource` that clients ask for (RFC 8707).':
    'Das `aud` ihrer Tokens und die `resource`, die Clients verlangen (RFC 8707).',
  'Scope to description; the description is what people read when asked to consent.':
    'Scope und Beschreibung; die Beschreibung lesen Personen, wenn sie zustimmen sollen.',
  'Life of its access tokens in seconds.': 'Lebensdauer ihrer Access-Tokens in Sekunden.',
  'jwt (RFC 9068), unless said otherwise. opaque: only we can read it; others introspect.':
    'Ohne Angabe jwt (RFC 9068). opaque: Nur dieser Server kann es lesen; andere schlagen es nach.',
  'By which algorithm its JWTs are signed. That of the tenant’s signing_policy unless said otherwise.':
    'Mit welchem Verfahren ihre JWTs signiert werden. Ohne Angabe mit dem der signing_policy des Mandanten.',
  'Types of authorization details (RFC 9396) that clients may ask for.':
    'Arten von Authorization-Details (RFC 9396), die Clients verlangen dürfen.',
  'What people read when asked to consent.': 'Was Personen lesen, wenn sie zustimmen sollen.',
  'Who agreed to an entry is not asked about the very same again. For access that lasts, not for payments.':
    'Wer einem Eintrag zugestimmt hat, wird nach genau demselben nicht noch einmal gefragt. Für dauernden Zugriff, nicht für Zahlungen.',
  'JSON Schema of one entry. `type` is checked apart.': 'JSON-Schema eines Eintrags. `type` wird gesondert geprüft.',
  'Other issuers whose access tokens the gateway accepts for this API.':
    'Andere Aussteller, deren Access-Tokens das Gateway für diese API annimmt.',
  '`iss` of its tokens, exactly.': 'Genau das `iss` seiner Tokens.',
  'Where its keys are. Left out: its metadata tells (OpenID Connect Discovery).':
    'Wo seine Schlüssel sind. Ohne Angabe sagen es seine Metadaten (OpenID Connect Discovery).',
  'What it calls this API: one of these must be in `aud`. The audience of the API, if left out.':
    'Wie er diese API nennt: Eines davon muss in `aud` stehen. Ohne Angabe die Audience der API.',
  '`typ` that counts. JWT, or none, is what issuers write that do not follow RFC 9068.':
    '`typ`, das gilt. JWT oder gar keines schreiben Aussteller, die RFC 9068 nicht folgen.',
  'Claim to the text it must have. A star at the end stands for any rest.':
    'Claim und der Text, den er haben muss. Ein Stern am Ende steht für einen beliebigen Rest.',
  'What its tokens may do here.': 'Was seine Tokens hier dürfen.',
  'A text of scopes, or a list.': 'Ein Text aus Scopes, oder eine Liste.',
  'The only ones that count.': 'Die einzigen, die gelten.',
  'Left out: its tokens bring no roles.': 'Ohne Angabe bringen seine Tokens keine Rollen.',
  'A text or a list. `realm_access.roles` is the member of a member.':
    'Ein Text oder eine Liste. `realm_access.roles` ist das Feld eines Felds.',
  'Its word to a role of ours.': 'Sein Wort und eine Rolle von hier.',
  'Left out: its callers belong to no organization. With it, a token of no organization named here is refused.':
    'Ohne Angabe gehören seine Aufrufer zu keiner Organisation. Mit Angabe wird ein Token abgelehnt, dessen Organisation hier nicht steht.',
  'Its word to the id of an organization of ours (org_…).': 'Sein Wort und die ID einer Organisation von hier (org_…).',
  'In its access tokens. Further claims, each `from` one of client.id, client.name, user.id, user.name, user.locale, user.email, user.email_verified, user.roles, user.groups, user.organization, an `attribute` of the person, or a fixed `value`. At most 30, 1024 characters a text.':
    'In ihren Access-Tokens. Weitere Claims, jeder `from` aus client.id, client.name, user.id, user.name, user.locale, user.email, user.email_verified, user.roles, user.groups, user.organization, einem `attribute` der Person oder einem festen `value`. Höchstens 30, ein Text höchstens 1024 Zeichen.',
  'What it is taken from.': 'Woraus er genommen wird.',
  'The person’s attribute that it is, as user_schema has it.':
    'Das Merkmal der Person, das er ist, wie es im user_schema steht.',
  'What it always is, instead.': 'Stattdessen: was er immer ist.',
  'Only in tokens of this scope.': 'Nur in Tokens mit diesem Scope.',
  'Of a list, only what begins so, without it: `weather-` makes `admin` of `weather-admin`.':
    'Aus einer Liste nur, was so beginnt, ohne diesen Anfang: `weather-` macht aus `weather-admin` ein `admin`.',
  'Origins behind the gateway that may get its access tokens from routes with `upstream.accessToken`. That of the audience when left out.':
    'Origins hinter dem Gateway, die ihre Access-Tokens von Routen mit `upstream.accessToken` bekommen dürfen. Ohne Angabe die der Audience.',
  'The external engine that is asked on routes of this API that name none themselves.':
    'Die externe Engine, die auf Routen dieser API gefragt wird, die selbst keine nennen.',
  'How strictly all clients of the tenant are served. There is one, named "default".':
    'Wie streng alle Clients des Mandanten bedient werden. Es gibt eines, mit Namen „default“.',
  'For all clients that declare no profile.': 'Für alle Clients, die selbst kein Profil nennen.',
  'By which algorithms the tenant signs its tokens. There is one, named "default".':
    'Mit welchen Verfahren der Mandant seine Tokens signiert. Es gibt eine, mit Namen „default“.',
  'Of id tokens, and of what else clients are told signed; `idTokenSigningAlg` of a client says otherwise.':
    'Für ID-Tokens und was Clients sonst signiert erfahren; `idTokenSigningAlg` eines Clients geht vor.',
  'Of access tokens that are JWTs; `accessTokenSigningAlg` of an API says otherwise.':
    'Für Access-Tokens, die JWTs sind; `accessTokenSigningAlg` einer API geht vor.',
  'Another issuer whose assertions about people are exchanged for tokens here.':
    'Ein anderer Aussteller, dessen Nachweise über Personen hier gegen Tokens getauscht werden.',
  '`iss` of its assertions.': '`iss` seiner Nachweise.',
  'jwt_bearer: assertions that name a person (RFC 7523). id_jag: assertions that also name the client.':
    'jwt_bearer: Nachweise, die eine Person nennen (RFC 7523). id_jag: Nachweise, die auch den Client nennen.',
  '`aud` that counts, besides this server’s own issuer.': '`aud`, das gilt, außer dem Aussteller dieses Servers.',
  'Clients that may use it; all, if left out.': 'Clients, die ihn benutzen dürfen; ohne Angabe alle.',
  'Who the token will be about.': 'Von wem das Token handeln wird.',
  'user_id: an id of ours. email: an address that is verified, there and here. fixed: one person.':
    'user_id: eine ID von hier. email: eine Adresse, die dort und hier bestätigt ist. fixed: eine bestimmte Person.',
  'The claim that is looked at: `sub`, or `email` for addresses, unless given.':
    'Der Claim, der angesehen wird: ohne Angabe `sub`, oder `email` bei Adressen.',
  'For fixed: the id of the person (usr_…).': 'Für fixed: die ID der Person (usr_…).',
  'The most that can come of its assertions.': 'Das Höchste, was aus seinen Nachweisen werden kann.',
  'Another authorization server that takes our identity assertions, and which clients may get them.':
    'Ein anderer Autorisierungsserver, der Identitätsnachweise von hier nimmt, und welche Clients sie bekommen dürfen.',
  'Its issuer identifier: the `aud` of the assertions, and the `audience` clients ask for.':
    'Sein Name als Aussteller: das `aud` der Nachweise und die `audience`, die Clients verlangen.',
  'A client of ours.': 'Ein Client von hier.',
  'What that server calls it.': 'Wie jener Server ihn nennt.',
  'Scopes it may ask that server for.': 'Scopes, die er von jenem Server verlangen darf.',
  'Tell it the person’s e-mail address, by which it may know them.':
    'Sagt ihm die E-Mail-Adresse der Person, an der er sie erkennen kann.',
  'What clients may be that register themselves, or that are described at their own address.':
    'Was Clients sein dürfen, die sich selbst anmelden oder an ihrer eigenen Adresse beschrieben sind.',
  'Anyone may register, without an initial access token.': 'Jeder darf anmelden, ohne Registrierungstoken.',
  'A client_id may be an https address at which the client describes itself.':
    'Eine client_id darf eine https-Adresse sein, an der sich der Client beschreibt.',
  'Hosts of such documents; all, if left out.': 'Hosts solcher Dokumente; ohne Angabe alle.',
  'They may also be confidential clients, with a secret.':
    'Es dürfen auch vertrauliche Clients sein, mit einem Geheimnis.',
  'The most they may ask for.': 'Das Höchste, was sie verlangen dürfen.',
  'What bounds a client that names scopes when it registers. policy, unless said otherwise: it may ask for any of `scopes`, and gets those it named when it asks for none. metadata: those it named are the most it will ever have.':
    'Was einen Client begrenzt, der bei der Anmeldung Scopes nennt. Ohne Angabe policy: Er darf alle aus `scopes` verlangen und bekommt die genannten, wenn er keine verlangt. metadata: Mehr als die genannten hat er nie.',
  'Their plan, for those that register from now on. Without it they have no limits but those of routes.':
    'Ihr Plan, für alle, die sich von jetzt an anmelden. Ohne ihn gelten für sie nur die Grenzen der Routen.',
  'APIs they may call.': 'APIs, die sie aufrufen dürfen.',
  'Hosts that redirect URIs may name, `localhost` for loopback addresses; all, if left out.':
    'Hosts, die Redirect-URIs nennen dürfen, `localhost` für den eigenen Rechner; ohne Angabe alle.',
};
