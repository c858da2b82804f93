export const resources = {
  importOpenApi: 'OpenAPI importieren',
  settings: 'Einstellungen',
  try: {
    title: 'Ausprobieren',
    lead: 'Von dieser Seite aus mit einem eigenen Schlüssel, oder als Befehl.',
    after: 'Der Kopf der Antwort nennt die Entscheidung; sie steht unter Anfragen live.',
  },
  secrets: {
    title: 'Geheimnisse',
    lead: 'Mehrere können zugleich gelten: das nächste hinzufügen, austauschen, dann das alte widerrufen.',
    add: 'Geheimnis hinzufügen',
    none: 'Er hat noch kein Geheimnis.',
    revoked: 'Das Geheimnis ist widerrufen',
    revokeTitle: 'Dieses Geheimnis widerrufen?',
    revokeText:
      'Wer es noch benutzt, wird sofort abgewiesen, und Tokens, die damit geholt wurden, enden. Geben Sie zum Bestätigen seine letzten vier Zeichen ein.',
  },
  search: 'Name, Pfad, URL, Scope …',
  disabled: 'abgeschaltet',
  columns: {
    goesTo: 'Geht an',
    description: 'Beschreibung',
    path: 'Pfad',
    methods: 'Methoden',
    who: 'Lässt ein',
    audience: 'Audience',
    scopes: 'Scopes',
    type: 'Art',
    grants: 'Bekommt Tokens durch',
    permissions: 'Berechtigungen',
    limits: 'Grenzen',
    displayName: 'Anzeigename',
    targets: 'Ziele',
    origin: 'Erreichbar unter',
    signIn: 'Anmeldung durch',
  },
  routes: {
    lead: 'Welche Anfragen das Gateway annimmt, wer sie stellen darf und wohin sie gehen.',
    create: 'Neue Route',
    emptyTitle: 'Noch ist nichts geschützt',
    emptyText:
      'Eine Route sagt dem Gateway, welchen Pfad es annimmt, wer ihn aufrufen darf und welcher Server antwortet.',
  },
  apis: {
    lead: 'Wofür Zugriffstokens sind: eine Audience, ihre Scopes und wie lange ihre Tokens leben.',
    create: 'Neue API',
    emptyTitle: 'Noch keine APIs',
    emptyText: 'Ist eine angelegt, können Clients Tokens verlangen, die für sie und sonst nichts gelten.',
  },
  plans: {
    lead: 'Wie viel ein Schlüssel oder Client aufrufen darf.',
    create: 'Neuer Plan',
    emptyTitle: 'Noch keine Pläne',
    emptyText: 'Ein Plan hat Grenzen. Geben Sie ihn Schlüsseln und Clients, und das Gateway zählt.',
  },
  upstreams: {
    lead: 'Dienste hinter dem Gateway: je mehrere Ziele, ihr Zustand und die Geheimnisse, die sie verlangen.',
    create: 'Neuer Upstream',
    emptyTitle: 'Noch keine Upstreams',
    emptyText:
      'Eine Route kann selbst eine Adresse nennen. Ein Upstream hat mehrere, mit Prüfungen, Wiederholungen und Zeitgrenzen.',
  },
  browser_sessions: {
    lead: 'Webanwendungen, deren Personen das Gateway anmeldet: ein Cookie im Browser, die Tokens hier.',
    create: 'Neue Browsersitzung',
    emptyTitle: 'Noch keine Browsersitzungen',
    emptyText:
      'Nennen Sie die Adresse einer Anwendung und wer ihre Personen anmeldet: ein eigener Client oder ein anderer OpenID-Anbieter.',
  },
  clients: {
    lead: 'Anwendungen, die Tokens verlangen: Server mit Geheimnis, Apps im Browser, Geräte.',
    create: 'Neuer Client',
    emptyTitle: 'Noch keine Clients',
    emptyText: 'Ist eine Anwendung angelegt, kann man sich bei ihr mit dem Konto von hier anmelden.',
  },
  roles: {
    lead: 'Benannte Berechtigungen für Personen, Schlüssel und Clients.',
    create: 'Neue Rolle',
    emptyTitle: 'Keine Rollen',
    emptyText: 'Eine Rolle sagt, was ihre Träger dürfen.',
  },
  organizations: {
    lead: 'Ihre Kunden und Partner. Jede kümmert sich um ihre eigenen Personen und Schlüssel und sieht nichts von den anderen.',
    create: 'Neue Organisation',
    emptyTitle: 'Noch keine Organisationen',
    emptyText: 'Legen Sie eine für einen Kunden an und laden Sie jemanden ein; alles Weitere geschieht dort.',
  },
};
