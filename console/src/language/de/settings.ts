export const settings = {
  lead: 'Wie sich diese Installation verhält. Jede Änderung zeigt zuerst ihren Unterschied und steht im Protokoll.',
  undeclared:
    'Nichts ist festgelegt: Es gilt, was das Programm vorgibt. Was Sie hier speichern, tritt an seine Stelle.',
  emptyTitle: 'Noch nichts',
  reset: 'Zurück zur Vorgabe',
  resetText: 'Gilt sofort.',
  groups: { signIn: 'Anmelden', look: 'Aussehen und Mail', oauth: 'OAuth', rules: 'Schlüssel und Entscheidungen' },
  kinds: {
    sign_in_policies: 'Anmelderegeln',
    registration_policies: 'Registrierung',
    user_schemas: 'Merkmale von Personen',
    brandings: 'Markenauftritt',
    mail_templates: 'Mailvorlagen',
    security_profiles: 'Sicherheitsprofil',
    client_registration_policies: 'Clients, die sich selbst anmelden',
    trusted_issuers: 'Vertraute Aussteller',
    authorization_servers: 'Andere Autorisierungsserver',
    key_policies: 'Regeln für API-Schlüssel',
    external_engines: 'Externe Engines',
    fact_sources: 'Quellen von Fakten',
    decision_logs: 'Entscheidungsprotokoll',
  },
};
