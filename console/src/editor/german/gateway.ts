/** Routes, upstreams, browser sessions, descriptions of APIs. */
export const gateway: Readonly<Record<string, string>> = {
  'Which requests go to which upstream, who may send them, and how many.':
    'Welche Anfragen zu welchem Upstream gehen, wer sie stellen darf und wie viele.',
  'A disabled route still owns its path: it answers 404, and no broader route answers in its place.':
    'Eine abgeschaltete Route behält ihren Pfad: Sie antwortet 404, und keine weiter gefasste antwortet an ihrer Stelle.',
  'Higher wins over a more specific path. Rarely needed.':
    'Die höhere gewinnt, auch gegen einen genaueren Pfad. Selten nötig.',
  'Only requests with this Host, without port. Every host when left out.':
    'Nur Anfragen mit diesem Host, ohne Port. Ohne Angabe jeder Host.',
  '`/orders/{id}` takes one segment as a parameter, `/files/{rest*}` all that follows.':
    '`/orders/{id}` nimmt einen Abschnitt als Parameter, `/files/{rest*}` alles, was folgt.',
  'Only requests with these headers: with this value exactly, or with any when it is `true`.':
    'Nur Anfragen mit diesen Headern: mit genau diesem Wert, oder mit irgendeinem, wenn hier `true` steht.',
  'Only requests with these query parameters: with this value exactly, or with any when it is `true`.':
    'Nur Anfragen mit diesen Query-Parametern: mit genau diesem Wert, oder mit irgendeinem, wenn hier `true` steht.',
  'The API whose audience access tokens must carry.': 'Die API, für die Access-Tokens ausgestellt sein müssen.',
  'API keys and, with `api`, access tokens when left out. `anonymous` stands alone.':
    'Ohne Angabe API-Schlüssel und, mit `api`, Access-Tokens. `anonymous` steht allein.',
  'The browser_session whose cookie counts here. Goes with `session` in `authenticate`.':
    'Die browser_session, deren Cookie hier gilt. Gehört zu `session` in `authenticate`.',
  'Where an API key may stand besides `X-API-Key` and `Authorization: Bearer`.':
    'Wo ein API-Schlüssel außer in `X-API-Key` und `Authorization: Bearer` stehen darf.',
  'A header of your own.': 'Ein eigener Header.',
  'A parameter of the query. Addresses are kept in logs and histories: only for callers who can do nothing else.':
    'Ein Parameter der Query. Adressen bleiben in Protokollen und Verläufen stehen: nur für Aufrufer, die nichts anderes können.',
  '`Authorization: Basic` (RFC 7617) with the key as user name and no password.':
    '`Authorization: Basic` (RFC 7617) mit dem Schlüssel als Benutzername und ohne Passwort.',
  'Besides any other credential, the caller must show a certificate of an authority that the listener trusts.':
    'Neben jedem anderen Nachweis muss der Aufrufer ein Zertifikat einer Stelle zeigen, der der Listener vertraut.',
  'What grants the call. With no scope, no role and no policy to go by, the route is closed.':
    'Was den Aufruf gewährt. Ohne Scope, Rolle oder Richtlinie ist die Route zu.',
  'The credential must hold all of these.': 'Der Nachweis muss sie alle haben.',
  'The principal must hold at least one of these.': 'Wer aufruft, muss mindestens eine davon haben.',
  'Of which environments keys, and tokens made from keys, are taken; of both when left out. `[live]` refuses test keys.':
    'Aus welchen Umgebungen Schlüssel, und Tokens aus Schlüsseln, genommen werden; sonst aus beiden. `[live]` lehnt Testschlüssel ab.',
  '`required`: a policy must permit. Policies that forbid always apply.':
    '`required`: Eine Richtlinie muss es erlauben. Richtlinien, die verbieten, gelten immer.',
  'Hold requests against the description of the API.': 'Anfragen an der Beschreibung der API messen.',
  'The api_document that describes the requests.': 'Das api_document, das die Anfragen beschreibt.',
  'What is not as described is refused; or let through and counted; or not looked at, but for the drift.':
    'Was nicht der Beschreibung entspricht, wird abgelehnt; oder durchgelassen und gezählt; oder, bis auf die Abweichungen, nicht angesehen.',
  'Forms of several parts, files among them: kept and checked like others; or passed on as they come.':
    'Formulare aus mehreren Teilen, auch mit Dateien: behalten und geprüft wie andere; oder weitergegeben, wie sie kommen.',
  'Bodies that a schema describes are kept in memory until they are checked; larger ones are refused.':
    'Bodys, die ein Schema beschreibt, bleiben im Speicher, bis sie geprüft sind; größere werden abgelehnt.',
  'Fields of JSON responses that only some may see.': 'Felder von JSON-Antworten, die nur manche sehen dürfen.',
  'A response of which something is hidden is kept in memory until it is; a larger one is withheld.':
    'Eine Antwort, in der etwas verborgen wird, bleibt so lange im Speicher; eine größere wird zurückgehalten.',
  'As traces and records name it.': 'So nennen es Traces und Aufzeichnungen.',
  'JSON pointers, in which `*` is any field or item and `**` any number of levels: `/**/ssn`.':
    'JSON-Pointer, in denen `*` für irgendein Feld oder Element und `**` für beliebig viele Ebenen steht: `/**/ssn`.',
  'What stands in the place of what is hidden.': 'Was an der Stelle des Verborgenen steht.',
  'Who sees them, decided like a request on the same resource.':
    'Wer sie sieht, entschieden wie eine Anfrage an dieselbe Ressource.',
  'In the words of policies; the route’s own when left out.':
    'In den Worten der Richtlinien; ohne Angabe die der Route.',
  'From which addresses it may be called, whoever calls.':
    'Von welchen Adressen sie aufgerufen werden darf, wer es auch ist.',
  'Addresses and CIDR ranges that may call; nobody else then may.':
    'Adressen und CIDR-Bereiche, die aufrufen dürfen; niemand sonst darf es dann.',
  'Addresses and CIDR ranges that may not call. It wins over `allow`.':
    'Adressen und CIDR-Bereiche, die nicht aufrufen dürfen. Gewinnt gegen `allow`.',
  'Which pages of other origins may call it from a browser.':
    'Welche Seiten anderer Origins sie aus einem Browser aufrufen dürfen.',
  'Origins whose pages may read answers: `https://app.example.com` exactly, `https://*.example.com` for every subdomain, or `*` alone for every origin (never with credentials).':
    'Origins, deren Seiten Antworten lesen dürfen: genau `https://app.example.com`, `https://*.example.com` für jede Subdomain, oder `*` allein für jede Origin (nie mit Nachweisen).',
  'Methods that pages may use, out of those of the route. All of them when left out.':
    'Methoden, die Seiten benutzen dürfen, aus denen der Route. Ohne Angabe alle.',
  'Request headers that pages may set. When left out: Content-Type and those that carry what the route accepts.':
    'Header, die Seiten in Anfragen setzen dürfen. Ohne Angabe: Content-Type und die, die den Nachweis tragen.',
  'Response headers that pages may read, besides those the gateway adds itself.':
    'Header der Antwort, die Seiten lesen dürfen, außer denen, die das Gateway selbst hinzufügt.',
  'May pages send cookies and client certificates along?': 'Dürfen Seiten Cookies und Client-Zertifikate mitschicken?',
  'How long a browser may remember the answer to a preflight.':
    'Wie lange ein Browser die Antwort auf ein Preflight behalten darf.',
  'Add X-Content-Type-Options, frame-ancestors, Referrer-Policy and, over https, Strict-Transport-Security where the upstream says nothing of them.':
    'Fügt X-Content-Type-Options, frame-ancestors, Referrer-Policy und, über https, Strict-Transport-Security hinzu, wo der Upstream nichts dazu sagt.',
  'What becomes of an answer that is still streaming when its credential is revoked; cut when left out.':
    'Was mit einer Antwort geschieht, die noch läuft, wenn ihr Nachweis widerrufen wird; ohne Angabe wird sie abgebrochen.',
  'Callers may go on as WebSockets: programs, and pages of the own origin and of those in `cors`.':
    'Aufrufer dürfen als WebSocket weitermachen: Programme sowie Seiten der eigenen Origin und derer in `cors`.',
  'How many requests, by `credential` unless `by` says otherwise.':
    'Wie viele Anfragen, je `credential`, wenn `by` nichts anderes sagt.',
  'Several, all of which apply. Instead of `limit`.': 'Mehrere, die alle gelten. Anstelle von `limit`.',
  '`http://host:port`, with a base path if the service has one.':
    '`http://host:port`, mit einem Basispfad, wenn der Dienst einen hat.',
  'An upstream with several targets, health and time limits of its own. Instead of `url`.':
    'Ein Upstream mit mehreren Zielen, eigenen Prüfungen und Zeitgrenzen. Anstelle von `url`.',
  '`grpc`: HTTP/2 with trailers, for callers who speak HTTP/2 themselves. With `url`.':
    '`grpc`: HTTP/2 mit Trailern, für Aufrufer, die selbst HTTP/2 sprechen. Mit `url`.',
  "Path at the service, after the base path, with parameters of the match. The request's own when left out.":
    'Pfad beim Dienst, nach dem Basispfad, mit Parametern aus dem Muster. Ohne Angabe der der Anfrage.',
  'What the service gets to see of the headers.': 'Was der Dienst von den Headern zu sehen bekommt.',
  'In the place of what the caller sends under these names.':
    'An der Stelle dessen, was der Aufrufer unter diesen Namen schickt.',
  'Never passed on.': 'Wird nie weitergegeben.',
  'With `url`: until the response head has come.': 'Mit `url`: bis der Kopf der Antwort da ist.',
  'Where requests with test keys, or tokens made from them, go instead: `url` or `name`. All else is alike.':
    'Wohin Aufrufe mit Testschlüsseln, oder mit Tokens daraus, stattdessen gehen: `url` oder `name`. Alles andere bleibt gleich.',
  'Send the verified identity as a signed `Gatehouse-Identity` header.':
    'Schickt die geprüfte Identität als signierten Header `Gatehouse-Identity`.',
  'Tell the service who calls in plain headers as well: header to what it tells, as `x-user-id: id`.':
    'Sagt dem Dienst auch in einfachen Headern, wer aufruft: Header und was er sagt, etwa `x-user-id: id`.',
  'Send an access token about the caller as `Authorization: Bearer`, which the service can exchange for others (RFC 8693).':
    'Schickt ein Access-Token über den Aufrufer als `Authorization: Bearer`, das der Dienst gegen andere tauschen kann (RFC 8693).',
  "The API that the service is; the route's own when left out.":
    'Die API, die der Dienst ist; ohne Angabe die der Route.',
  "At most these of the caller's; all that the API knows when left out.":
    'Höchstens diese von denen des Aufrufers; ohne Angabe alle, die die API kennt.',
  'A service behind the gateway: where it runs, how its health is known, and what is done when it fails.':
    'Ein Dienst hinter dem Gateway: wo er läuft, woran man seinen Zustand erkennt und was geschieht, wenn er ausfällt.',
  '`http://host:port`, with the base path.': '`http://host:port`, mit dem Basispfad.',
  'How much of the work it takes beside the others.': 'Wie viel der Arbeit es neben den anderen übernimmt.',
  '`grpc`: HTTP/2 with trailers, for callers who speak HTTP/2 themselves. HTTP/1.1 when left out.':
    '`grpc`: HTTP/2 mit Trailern, für Aufrufer, die selbst HTTP/2 sprechen. Ohne Angabe HTTP/1.1.',
  'Who gets a request: whoever has least under way for its weight, or each in turn by weight.':
    'Wer eine Anfrage bekommt: wer für sein Gewicht am wenigsten zu tun hat, oder reihum nach Gewicht.',
  'Audience of `Gatehouse-Identity`; the origin of the first target when left out.':
    'Audience von `Gatehouse-Identity`; ohne Angabe die Origin des ersten Ziels.',
  'What the service asks for and callers never hold. Values are set by themselves, and never exported.':
    'Was der Dienst verlangt und Aufrufer nie in Händen haben. Werte werden für sich gesetzt und nie exportiert.',
  'By which it is set.': 'Unter diesem Namen wird es gesetzt.',
  'What stands before the value, with its space: `Bearer `.': 'Was vor dem Wert steht, mit Leerzeichen: `Bearer `.',
  'Name of the parameter. A header is better: services write addresses into their logs.':
    'Name des Parameters. Ein Header ist besser: Dienste schreiben Adressen in ihre Protokolle.',
  'Sent with no request: a client secret, for sessions whose people sign in there.':
    'Wird mit keiner Anfrage geschickt: ein Client-Geheimnis, für Sitzungen, deren Leute sich dort anmelden.',
  'Ask each target by itself whether it is well. Without it only what happens to requests tells.':
    'Fragt jedes Ziel selbst, ob es ihm gut geht. Sonst zeigt es nur, was mit Anfragen geschieht.',
  'Answers in a row that are 2xx or 3xx.': 'Antworten in Folge, die 2xx oder 3xx sind.',
  'Answers in a row that are not.': 'Antworten in Folge, die es nicht sind.',
  'Requests that fail keep a target from getting more.':
    'Ein Ziel, bei dem Anfragen scheitern, bekommt eine Weile keine mehr.',
  'In a row: no connection, no answer, or 502, 503, 504.':
    'In Folge: keine Verbindung, keine Antwort, oder 502, 503, 504.',
  'How long the first time; twice as long each further time.':
    'Wie lange beim ersten Mal; jedes weitere Mal doppelt so lange.',
  'Never more than this part of the targets at once.': 'Nie mehr als dieser Teil der Ziele zugleich.',
  'When nothing works any more, callers are told at once, and one request at a time tries again.':
    'Wenn nichts mehr geht, erfahren Aufrufer es sofort, und eine Anfrage nach der anderen versucht es wieder.',
  'In a row, of all targets together.': 'In Folge, von allen Zielen zusammen.',
  'Under way at once; more are refused.': 'Zugleich unterwegs; weitere werden abgelehnt.',
  'Only what was not sent, or can do no harm twice.':
    'Nur was nicht gesendet wurde oder zweimal keinen Schaden anrichtet.',
  'Retries for each request, over time.': 'Wiederholungen je Anfrage, über die Zeit.',
  'Requests of one value go to one target while it is well. Those without a value go as `balance` says.':
    'Anfragen mit einem Wert gehen an ein Ziel, solange es ihm gut geht. Solche ohne Wert gehen, wie `balance` sagt.',
  'Whose value: of who calls, as limits count, of a header, or of a parameter of the path of the route.':
    'Wessen Wert: des Aufrufers, wie Limits zählen, eines Headers oder eines Parameters im Pfad der Route.',
  'Of the header, in lower case, or of the parameter.': 'Des Headers, in Kleinbuchstaben, oder des Parameters.',
  'Answers in whose place another target is asked. None when left out: they are passed on.':
    'Antworten, an deren Stelle ein anderes Ziel gefragt wird. Ohne Angabe keine: Sie werden weitergereicht.',
  'A target that comes back gets its full share after so long.':
    'Ein Ziel, das zurückkommt, bekommt seinen vollen Anteil nach dieser Zeit.',
  'Until the response head has come.': 'Bis der Kopf der Antwort da ist.',
  'Between two pieces of the response.': 'Zwischen zwei Stücken der Antwort.',
  'For everything, retries included.': 'Für alles, Wiederholungen eingeschlossen.',
  'Sessions of people in browsers, kept by the gateway: who signs in where, and for how long.':
    'Sitzungen von Personen in Browsern, die das Gateway hält: wer sich wo anmeldet, und für wie lange.',
  'Where browsers reach the gateway, as `https://shop.example.com`. Plain http on the loopback alone.':
    'Wo Browser das Gateway erreichen, etwa `https://shop.example.com`. Einfaches http nur auf dem eigenen Rechner.',
  'Under it are login, callback, logout and info.': 'Darunter sind login, callback, logout und info.',
  'The confidential client in whose name people sign in here.':
    'Der vertrauliche Client, in dessen Namen sich Personen hier anmelden.',
  'Instead of `client`: people sign in at another OpenID provider.':
    'Anstelle von `client`: Personen melden sich bei einem anderen OpenID-Provider an.',
  'Its `iss`, exactly. The API must take its tokens (`issuers`).':
    'Genau sein `iss`. Die API muss seine Tokens nehmen (`issuers`).',
  'As which this session is registered there.': 'Als was diese Sitzung dort eingetragen ist.',
  'Where its client secret is kept: a secret of an upstream, set for the origin of the token endpoint.':
    'Wo sein Client-Geheimnis liegt: ein Geheimnis eines Upstreams, gesetzt für die Origin des Token-Endpunkts.',
  'By which parameter it is told for which API tokens shall be: that of RFC 8707, or its own.':
    'Mit welchem Parameter er erfährt, für welche API Tokens sein sollen: mit dem aus RFC 8707 oder seinem eigenen.',
  'The API that the tokens of a session are for.': 'Die API, für die die Tokens einer Sitzung sind.',
  'What is asked for at sign-in. `openid` is among them.': 'Was bei der Anmeldung verlangt wird. `openid` ist dabei.',
  'Without a request for so long, it is over.': 'Nach so langer Zeit ohne Anfrage ist sie zu Ende.',
  'After so long, it is over whatever happens.': 'Nach so langer Zeit ist sie auf jeden Fall zu Ende.',
  'Where to after signing in, when nowhere was asked for, and after signing out.':
    'Wohin nach der Anmeldung, wenn nichts verlangt war, und nach der Abmeldung.',
  'The OpenAPI 3.1 description of an API: what requests are held against, and what people read.':
    'Die OpenAPI-3.1-Beschreibung einer API: woran Anfragen gemessen werden und was Leute lesen.',
  'The API that it describes. An API has one description.':
    'Die API, die es beschreibt. Eine API hat eine Beschreibung.',
  'In front of every path of the document: where the API is served here.':
    'Vor jedem Pfad des Dokuments: wo die API hier zu finden ist.',
  'Whoever signs in to the portal may read it, without what is marked `x-internal`.':
    'Wer sich am Portal anmeldet, darf es lesen, ohne das mit `x-internal` Bezeichnete.',
  'OpenAPI 3.1. Nothing that it refers to is fetched.': 'OpenAPI 3.1. Nichts, worauf es verweist, wird geholt.',
};
