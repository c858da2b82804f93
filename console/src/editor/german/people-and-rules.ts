/** Roles, organizations, signing in, mail and look; keys, plans and webhooks; policies. */
export const peopleAndRules: Readonly<Record<string, string>> = {
  'A named set of permissions, given to people, API keys and clients.':
    'Eine benannte Menge von Berechtigungen, für Personen, API-Schlüssel und Clients.',
  'For people: whom this role is for.': 'Für Menschen: für wen diese Rolle ist.',
  'What holders may do: routes:read, routes:*, *:read, *.': 'Was Inhaber dürfen: routes:read, routes:*, *:read, *.',
  'Administrators of organizations may give it to their people, as far as they hold its permissions themselves. Without it they give only roles they have.':
    'Administratoren von Organisationen dürfen sie ihren Leuten geben, soweit sie ihre Berechtigungen selbst haben. Sonst geben sie nur Rollen, die sie haben.',
  'A customer company inside the tenant, with people of its own.': 'Ein Kunde im Mandanten, mit eigenen Leuten.',
  'As people read it.': 'Wie Leute ihn lesen.',
  'Its own, with all below them, as the tenant has made sure: where its clients may send people.':
    'Ihre eigenen, mit allem darunter, wie der Mandant geprüft hat: wohin ihre Clients Personen schicken dürfen.',
  'Which factors people may and must sign in with, and how long their sessions last.':
    'Mit welchen Faktoren sich Personen anmelden dürfen und müssen, und wie lange ihre Sitzungen dauern.',
  'For people: what this policy is for.': 'Für Menschen: wofür diese Regel ist.',
  'For people of these organizations. The policy named "default" is for everybody and names none.':
    'Für Personen dieser Organisationen. Die Regel „default“ gilt für alle und nennt keine.',
  'What people may prove themselves with. "email", a code by mail, is a second factor for who has no better one, and never for administrators.':
    'Womit sich Personen ausweisen dürfen. „email“, ein Code per Mail, ist ein zweiter Faktor für die, die keinen besseren haben, und nie für Administratoren.',
  'Who must use one. Administrators hold a role that may change something in the Admin API.':
    'Wer einen benutzen muss. Administratoren haben eine Rolle, die in der Admin-API etwas ändern darf.',
  'Holders of these roles must use one as well.': 'Auch Inhaber dieser Rollen müssen einen benutzen.',
  'Ends when unused for so long.': 'Endet, wenn sie so lange unbenutzt ist.',
  'Ends then in any case.': 'Endet dann auf jeden Fall.',
  'A device is not asked for the second factor again; 0: always.':
    'Ein Gerät wird nicht noch einmal nach dem zweiten Faktor gefragt; 0: immer.',
  'How long an administrator who may (impersonations:write) acts for a person at most; 0: never.':
    'Wie lange ein Administrator, der es darf (impersonations:write), höchstens für eine Person handelt; 0: nie.',
  'Whether the person is told by mail.': 'Ob die Person es per Mail erfährt.',
  'A service that new passwords are looked up at. It learns five digits of a hash and no more.':
    'Ein Dienst, bei dem neue Passwörter nachgeschlagen werden. Er erfährt fünf Stellen eines Hashs und nicht mehr.',
  'Answers <url>/<first five hex digits of SHA-1> with the rest of those found in leaks.':
    'Antwortet auf <url>/<die ersten fünf Hexziffern von SHA-1> mit dem Rest derer, die bekannt geworden sind.',
  'A service that decides on attempts which look like part of an attack; without it they are delayed.':
    'Ein Dienst, der über Versuche entscheidet, die nach einem Angriff aussehen; ohne ihn werden sie verzögert.',
  'Gets {"tenantId", "network", "suspicion"} by POST and answers {"passed": true} or false.':
    'Bekommt {"tenantId", "network", "suspicion"} per POST und antwortet {"passed": true} oder false.',
  'Which attributes people have, besides name and address. Without one they have none.':
    'Welche Merkmale Personen haben, außer Name und Adresse. Ohne dies haben sie keine.',
  'By name, what is known of a person besides name and address.':
    'Nach Namen, was von einer Person außer Name und Adresse bekannt ist.',
  'For people: what it is for.': 'Für Menschen: wofür es ist.',
  'the values there are': 'die Werte, die es gibt',
  'of texts': 'aus Texten',
  'Attributes that everybody must have. Asked of a person when they are next changed.':
    'Merkmale, die jede Person haben muss. Danach wird gefragt, wenn sie das nächste Mal geändert wird.',
  'Attributes that people may change of themselves, on their account page, in this order.':
    'Merkmale, die Personen auf ihrer Kontoseite selbst ändern dürfen, in dieser Reihenfolge.',
  'Whether people may make accounts for themselves, and with which addresses.':
    'Ob Personen selbst Konten anlegen dürfen, und mit welchen Adressen.',
  'Who may make an account: with `open` anybody, with `off` only who was invited.':
    'Wer ein Konto anlegen darf: mit `open` jeder, mit `off` nur, wer eingeladen ist.',
  'Only addresses of these domains, exactly; all when left out.':
    'Nur Adressen genau dieser Domains; ohne Angabe alle.',
  'A mail in the tenant’s own words, instead of the one that is shipped.':
    'Eine Mail in den Worten des Mandanten, anstelle der mitgelieferten.',
  'For people: why it differs from the one that is shipped.':
    'Für Menschen: warum sie von der mitgelieferten abweicht.',
  'Which mail it is instead of.': 'Anstelle welcher Mail sie steht.',
  'Language it is written in.': 'Sprache, in der sie geschrieben ist.',
  'One line; Liquid.': 'Eine Zeile; Liquid.',
  'The mail as plain text; Liquid.': 'Die Mail als einfacher Text; Liquid.',
  'The same as HTML; Liquid, with every value escaped. Left out, the mail is plain text.':
    'Dasselbe als HTML; Liquid, jeder Wert maskiert. Ohne Angabe ist die Mail einfacher Text.',
  'How the sign-in and account pages look: name, logo, colours, links, and parts in your own words.':
    'Wie die Anmelde- und Kontoseiten aussehen: Name, Logo, Farben, Links und Teile in Ihren Worten.',
  'What people know this place by.': 'Unter welchem Namen Leute dies kennen.',
  'In the place of the product name, on light pages; on dark ones as well without logoDark.':
    'An der Stelle des Produktnamens, auf hellen Seiten; ohne logoDark auch auf dunklen.',
  'The text of an SVG file: shapes only.': 'Der Text einer SVG-Datei: nur Formen.',
  'A PNG file in base64.': 'Eine PNG-Datei in Base64.',
  'For dark pages.': 'Für dunkle Seiten.',
  'Buttons, links and the focus ring on light pages.': 'Knöpfe, Links und der Fokusring auf hellen Seiten.',
  'On dark pages; a lighter shade of accent when left out.':
    'Auf dunklen Seiten; ohne Angabe ein hellerer Ton von accent.',
  'Behind the card on light pages.': 'Hinter der Karte auf hellen Seiten.',
  'Behind the card on dark pages.': 'Hinter der Karte auf dunklen Seiten.',
  'Shown at the foot of every page.': 'Stehen am Fuß jeder Seite.',
  'Parts of the pages, in Liquid and a little HTML.': 'Teile der Seiten, in Liquid und etwas HTML.',
  'Under the logo.': 'Unter dem Logo.',
  'At the top of the card.': 'Oben auf der Karte.',
  'Under the card.': 'Unter der Karte.',
  'At the very end.': 'Ganz am Ende.',
  'How much the holder of an API key or a client may ask for.':
    'Wie viel der Inhaber eines API-Schlüssels oder ein Client verlangen darf.',
  'For people: who is on this plan.': 'Für Menschen: wer diesen Plan hat.',
  'Who may put keys and clients on it: with `everyone` also administrators of organizations, and whoever else makes keys or clients. Left out: only who holds `plans:assign` or `plans:write` in the tenant.':
    'Wer Schlüsseln und Clients diesen Plan geben darf: mit `everyone` auch, wer eine Organisation verwaltet oder sonst Schlüssel oder Clients anlegt. Ohne Angabe nur, wer im Mandanten `plans:assign` oder `plans:write` hat.',
  'Plan of a new key for which none is named. Left out: that of whoever makes it, if there is one.':
    'Plan eines neuen Schlüssels, für den keiner genannt wird. Ohne Angabe der Plan dessen, der ihn anlegt, wenn es einen gibt.',
  'All of them apply: for example ten a second, a thousand a day and five at a time.':
    'Sie gelten alle: zum Beispiel zehn in der Sekunde, tausend am Tag und fünf zugleich.',
  'How many requests in each period.': 'Wie viele Anfragen in jedem Zeitraum.',
  'The period, in seconds.': 'Der Zeitraum, in Sekunden.',
  'How many at once; as many as `requests` when left out. Token buckets only.':
    'Wie viele auf einmal; ohne Angabe so viele wie `requests`. Nur für Token-Buckets.',
  'Never more than `requests` in any `perSeconds`, wherever they begin. A token bucket when left out.':
    'Nie mehr als `requests` in irgendwelchen `perSeconds`, wo sie auch beginnen. Ohne Angabe ein Token-Bucket.',
  'A quota: by calendar day or month, in UTC. Survives a restart.':
    'Ein Kontingent: je Kalendertag oder -monat, in UTC. Übersteht einen Neustart.',
  'How many may be under way at the same time.': 'Wie viele zur selben Zeit unterwegs sein dürfen.',
  'Whose requests count together.': 'Wessen Anfragen zusammen zählen.',
  'What holds for all API keys of the tenant. There is one, named "default".':
    'Was für alle API-Schlüssel des Mandanten gilt. Es gibt eine, mit Namen „default“.',
  'For people: why it is so.': 'Für Menschen: warum es so ist.',
  'No key is issued to live longer, nor without an end.':
    'Kein Schlüssel wird für länger ausgestellt, und keiner ohne Ende.',
  'A key that was not used for so long, or never since it was issued, is revoked.':
    'Ein Schlüssel, der so lange nicht benutzt wurde, oder nie, seit er ausgestellt ist, wird widerrufen.',
  'A key that lives longer is to be rotated by then: whoever it belongs to is told 30, 7 and 1 days before.':
    'Ein Schlüssel, der länger lebt, soll bis dahin gewechselt werden: Wem er gehört, der erfährt es 30, 7 und 1 Tage vorher.',
  'With `rotateEveryDays`: whoever a key belongs to gets a one-time link by mail, by which the new key is made and shown.':
    'Mit `rotateEveryDays`: Wem ein Schlüssel gehört, der bekommt per Mail einen Link für einmal, mit dem der neue entsteht und gezeigt wird.',
  'So long before it is to be rotated the link is sent.': 'So lange vor dem Wechsel wird der Link gesendet.',
  'So long the old key works beside the new one.': 'So lange gilt der alte Schlüssel neben dem neuen.',
  'What becomes of a key that is reported as leaked: ended, or set aside until somebody decides.':
    'Was mit einem Schlüssel geschieht, der als bekannt geworden gemeldet wird: beendet, oder beiseitegelegt, bis jemand entscheidet.',
  'Reports in the protocol of GitHub’s secret scanning partners are taken at /leaks/github.':
    'Meldungen im Protokoll der Secret-Scanning-Partner von GitHub werden bei /leaks/github angenommen.',
  'Where the public keys are that reports are signed with.':
    'Wo die öffentlichen Schlüssel sind, mit denen Meldungen signiert werden.',
  'An address that is told of events as they happen, with a signature (Standard Webhooks).':
    'Eine Adresse, die von Ereignissen erfährt, wenn sie geschehen, mit Signatur (Standard Webhooks).',
  'Whose it is: it is told what happens there, and nothing else. Left out: it is the tenant’s.':
    'Wem er gehört: Er erfährt, was dort geschieht, und nichts anderes. Ohne Angabe gehört er dem Mandanten.',
  'Where events are posted to. https and public, unless `outbound.webhooks` opens a network.':
    'Wohin Ereignisse gesendet werden. https und öffentlich, wenn `outbound.webhooks` kein Netz öffnet.',
  'What is told of: types of audit events, or patterns of them.':
    'Wovon erzählt wird: Arten von Ereignissen im Protokoll, oder Muster davon.',
  'Of events about API keys and their quotas, only those of keys with one of these tags.':
    'Von Ereignissen über API-Schlüssel und ihre Kontingente nur die von Schlüsseln mit einem dieser Schlagwörter.',
  'All that the audit log knows of an event, personal data among it. Left out: ids and what is documented.':
    'Alles, was das Protokoll von einem Ereignis weiß, auch Persönliches. Ohne Angabe IDs und was dokumentiert ist.',
  'Who is told by mail when it is disabled.': 'Wer per Mail erfährt, dass er abgeschaltet ist.',
  'Nothing is queued or sent; what happens meanwhile is not told later.':
    'Nichts wird eingereiht oder gesendet; was inzwischen geschieht, wird nicht nachgeholt.',
  'Who may do what, in the Cedar policy language.': 'Wer was darf, in der Richtliniensprache Cedar.',
  'One or more Cedar policies (permit or forbid). Each may be named by an @id annotation.':
    'Eine oder mehrere Cedar-Richtlinien (permit oder forbid). Jede kann mit der Annotation @id benannt sein.',
  '`enforce` unless given. `shadow`: evaluated and recorded in the decision log, not enforced.':
    'Ohne Angabe `enforce`. `shadow`: ausgewertet und im Entscheidungsprotokoll festgehalten, nicht durchgesetzt.',
  'Policies made from the templates (`?principal`, `?resource`) of the text.':
    'Richtlinien aus den Vorlagen (`?principal`, `?resource`) des Textes.',
  'The @id of the template, where there are several.': 'Die @id der Vorlage, wo es mehrere gibt.',
  'What entities and actions there are, in the Cedar schema language. Policies that do not fit are refused.':
    'Welche Entitäten und Aktionen es gibt, in der Schemasprache von Cedar. Richtlinien, die nicht passen, werden abgelehnt.',
  'A schema in the Cedar schema language.': 'Ein Schema in der Schemasprache von Cedar.',
  'What the policies must decide. While one of these fails, no change of policies takes effect.':
    'Was die Richtlinien entscheiden müssen. Solange einer davon scheitert, wird keine Änderung der Richtlinien wirksam.',
  'What must hold, in a sentence.': 'Was gelten muss, in einem Satz.',
  'What holds for this test; nothing of the relationship stores does.':
    'Was für diesen Test gilt; aus den Beziehungsspeichern gilt nichts.',
  'The policies that must determine it, by name.': 'Die Richtlinien, die es bestimmen müssen, mit Namen.',
  'Which decisions are kept with what they were made from, to be explained and replayed.':
    'Welche Entscheidungen mit ihren Grundlagen behalten werden, um sie zu erklären und noch einmal durchzuspielen.',
  'Which share of the allowed decisions is kept: 0 none, 1 all. Of less than all, 20 a second at most.':
    'Welcher Anteil der erlaubten Entscheidungen behalten wird: 0 keiner, 1 alle. Von weniger als allen höchstens 20 in der Sekunde.',
  'Which share of the denied decisions is kept.': 'Welcher Anteil der abgelehnten Entscheidungen behalten wird.',
  'After so many days a decision is deleted.': 'Nach so vielen Tagen wird eine Entscheidung gelöscht.',
  'A relationship store whose relationships policies see, as `resource.relations.editor.contains(principal)`.':
    'Ein Beziehungsspeicher, dessen Beziehungen Richtlinien sehen, als `resource.relations.editor.contains(principal)`.',
  'Id of the relationship store.': 'ID des Beziehungsspeichers.',
  'Id of its authorization model; the newest when absent.': 'ID seines Modells; ohne Angabe das neueste.',
  'Which type of the model stands for which entity type of policies: `Document: document`.':
    'Welcher Typ des Modells für welchen Entitätstyp der Richtlinien steht: `Document: document`.',
  'An OPA server, or a policy compiled by OPA, that routes may ask besides, after the policies here have allowed.':
    'Ein OPA-Server oder eine von OPA übersetzte Richtlinie, die Routen außerdem fragen können, nachdem die Richtlinien hier erlaubt haben.',
  'Where the OPA server answers: `https://opa.example.com`. Plain http only within `networks`.':
    'Wo der OPA-Server antwortet: `https://opa.example.com`. Einfaches http nur innerhalb von `networks`.',
  'The rule that is asked for, as `gatehouse/allow`: `POST /v1/data/gatehouse/allow`.':
    'Die Regel, nach der gefragt wird, etwa `gatehouse/allow`: `POST /v1/data/gatehouse/allow`.',
  'Private ranges that it may be in, as `10.1.0.0/16`. Without them only public addresses, over https.':
    'Private Bereiche, in denen er sein darf, etwa `10.1.0.0/16`. Ohne sie nur öffentliche Adressen, über https.',
  'How long an answer counts for the same question at another time. Not at all unless given.':
    'Wie lange eine Antwort für dieselbe Frage zu anderer Zeit gilt. Ohne Angabe gar nicht.',
  'What it is for, for people.': 'Wofür es ist, für Menschen.',
  '`policy.wasm` as base64: what `opa build -t wasm -e gatehouse/allow` compiles.':
    '`policy.wasm` als Base64: was `opa build -t wasm -e gatehouse/allow` übersetzt.',
  'The rule that is asked for; it must be an entry point of the module.':
    'Die Regel, nach der gefragt wird; sie muss ein Einstiegspunkt des Moduls sein.',
  'What the rules see as `data`.': 'Was die Regeln als `data` sehen.',
};
