/** Proving who a person is: password, session, the first administrator, and the pages that ask. */

export { changePassword } from './account/change-password.ts';
export { activeOrganizationsOf, setActiveOrganization } from './active-organization.ts';
export { listAllSessions, type SessionMark } from './all-sessions.ts';
export { SIGNIN_AUDIT_EVENTS, type SigninAuditEvent } from './audit-events.ts';
export { type BrandingSpec, brandingKind } from './branding/branding-kind.ts';
export { type Branding, openBranding } from './branding/open-branding.ts';
export { type BreachedPasswords, breachedPasswords } from './breached-passwords.ts';
export { consumeFirstAdministratorLink, isFirstAdministratorLinkOpen } from './consume-first-administrator-link.ts';
export { type Cookies, cookiesFor } from './cookies.ts';
export { createFirstAdministratorLink, type FirstAdministratorLink } from './create-first-administrator-link.ts';
export { type CsrfBinding, csrfToken, isCsrfToken, isSameOriginPost, type OriginHeaders } from './csrf.ts';
export { forgetOwnDevices, listRememberedDevices, type RememberedDevice } from './devices/remembered-devices.ts';
export { removeOldChallenges } from './email-proof/remove-old-challenges.ts';
export { type OpenedEmailLink, openEmailLink } from './email-proof/send-email-code.ts';
export { endAllSessions } from './end-all-sessions.ts';
export { endExpiredSessions } from './end-expired-sessions.ts';
export { endOtherSessions, endSession } from './end-session.ts';
export { endedSessions, endedSessionsIn } from './ended-sessions.ts';
export { erasePersonOfSignin } from './erase-person.ts';
export { signinErrors } from './errors.ts';
export {
  type FactorsOfPerson,
  listUserFactors,
  removeUserFactor,
} from './factors/administer-factors.ts';
export { type FactorDeps, removeFactor, renamePasskey, type WhichFactor } from './factors/change-factors.ts';
export { enrolledFactors } from './factors/enrolled-factors.ts';
export { listFactors, type PersonFactors } from './factors/list-factors.ts';
export { countRecoveryCodes, replaceRecoveryCodes } from './factors/recovery-codes.ts';
export { toBase32, totpUri } from './factors/totp.ts';
export { beginTotp, confirmTotp } from './factors/totp-credential.ts';
export { type FlowView, viewFlow } from './flow/answer-step.ts';
export { answerWithCode } from './flow/answer-with-code.ts';
export { answerWithEmail, sendFlowEmail } from './flow/answer-with-email.ts';
export {
  answerWithPasskey,
  askForFlowPasskey,
  beginFlowPasskey,
  enrolFlowPasskey,
} from './flow/answer-with-passkey.ts';
export { answerWithPassword } from './flow/answer-with-password.ts';
export type { Visitor } from './flow/complete-sign-in.ts';
export { continueSignIn, type ProvedSignIn, type SignInOutcome } from './flow/continue-sign-in.ts';
export { beginTotpInFlow, confirmTotpInFlow } from './flow/enrol-totp.ts';
export { cancelFlow } from './flow/sign-in-flow.ts';
export { mayUseEmail, type StepName, strongFactors, wantedAcr } from './flow/sign-in-steps.ts';
export {
  type AskedImpersonation,
  type BeginImpersonationDeps,
  beginImpersonation,
  endImpersonation,
  missingForImpersonation,
  viewImpersonation,
} from './impersonation/begin-impersonation.ts';
export { type ImpersonationDeps, requestImpersonation } from './impersonation/request-impersonation.ts';
export { exportUsers } from './import/export-users.ts';
export { IMPORT_FORMATS } from './import/import-tables.ts';
export {
  checkRecords,
  findImport,
  type ImportDeps,
  importRecords,
  listImportErrors,
  RECORDS_PER_BATCH_MAX,
  startUserImport,
} from './import/import-users.ts';
export { listSessions } from './list-sessions.ts';
export { signinMailHandlers } from './mail-handlers.ts';
export { signinMigrations } from './migrations.ts';
export { ACCOUNT_PATHS, type AccountFacts } from './pages/account/account-frame.ts';
export { renderApplicationsPage } from './pages/account/applications-page.ts';
export { renderAccountDeletedPage, renderDataPage, renderDeleteAccountPage } from './pages/account/data-page.ts';
export { EMAIL_CHANGE_PATH, type EmailChangePage, renderEmailChangePage } from './pages/account/email-page.ts';
export { type FactorsPage, renderFactorsPage } from './pages/account/factors-page.ts';
export { KEY_DAYS, type NewKeyForm, renderIssuedKeyPage, renderKeysPage } from './pages/account/keys-page.ts';
export { renderOrganizationsPage } from './pages/account/organizations-page.ts';
export { type EditableAttribute, type ProfilePage, renderProfilePage } from './pages/account/profile-page.ts';
export { renderSecurityPage, type SecurityPage } from './pages/account/security-page.ts';
export { renderSessionsPage } from './pages/account/sessions-page.ts';
export { renderTotpPage } from './pages/account/totp-page.ts';
export { type ApprovalItem, renderApprovalsPage } from './pages/approvals-page.ts';
export { ASSETS, type Asset } from './pages/assets.ts';
export { type Brand, GATEHOUSE_BRAND } from './pages/brand.ts';
export { renderConfirmPasswordPage } from './pages/confirm-password-page.ts';
export { type ConsentPrompt, renderConsentPage } from './pages/consent-page.ts';
export {
  type DevicePage,
  renderDeviceAnsweredPage,
  renderDeviceCodePage,
  renderDevicePage,
} from './pages/device-pages.ts';
export {
  EMAIL_LINK_PATH,
  renderEmailCodePage,
  renderEmailFactorPage,
  SEND_EMAIL_PATH,
} from './pages/email-factor-pages.ts';
export { renderEnrolPage } from './pages/enrol-page.ts';
export { renderFormPostPage } from './pages/form-post-page.ts';
export { type Html, html } from './pages/html.ts';
export { renderImpersonationPage } from './pages/impersonation-page.ts';
export { KEY_PICK_UP_PATH, renderKeyPickUpPage, renderPickedUpKeyPage } from './pages/key-pick-up-pages.ts';
export { type ErrorPage, renderContinuePage, renderErrorPage, renderSignedOutPage } from './pages/message-pages.ts';
export { chooseLocale } from './pages/messages/choose-locale.ts';
export { findLocale } from './pages/messages/locale.ts';
export type { Page } from './pages/page-headers.ts';
export { type Confirmation, renderConfirmPage } from './pages/page-parts.ts';
export { renderRecoveryCodesPage } from './pages/recovery-codes-page.ts';
export { renderSecondFactorPage, type StepProblem } from './pages/second-factor-page.ts';
export { renderSetupPage, type SetupPage } from './pages/setup-page.ts';
export { renderSignInPage, type SignInPage } from './pages/sign-in-page.ts';
export { errorText, PLAIN_VIEW, type View } from './pages/view.ts';
export { addPasskey, beginPasskey } from './passkeys/register-passkey.ts';
export { type RelyingParty, relyingPartyOf } from './passkeys/relying-party.ts';
export { hasPassword, type Passwords, setPasswordHash } from './password-credentials.ts';
export { checkNewPassword, type PasswordContext } from './password-rules.ts';
export { type Place, placeText } from './place.ts';
export { type EffectivePolicy, type SignInPolicies, signInPolicies } from './policy/effective-policy.ts';
export { type SignInPolicySpec, signInPolicyKind } from './policy/sign-in-policy-kind.ts';
export { confirmEmailChange, type EmailProof, requestEmailChange } from './recovery/change-email.ts';
export { issueRecoveryLink, type RecoveryLinkDeps } from './recovery/issue-recovery-link.ts';
export { type NoticeDeps, type NoticeName, sendNotice } from './recovery/notices.ts';
export {
  renderEmailDonePage,
  renderNewPasswordPage,
  renderPasswordSetPage,
  renderRecoveryPage,
  renderRecoverySentPage,
} from './recovery/recovery-pages.ts';
export { requestRecovery } from './recovery/request-recovery.ts';
export { findRecovery, type OpenRecovery, type ResetDeps, resetPassword } from './recovery/reset-password.ts';
export { undoEmailChange } from './recovery/undo-email-change.ts';
export {
  type CompleteRegistrationDeps,
  completeRegistration,
  findRegistration,
} from './registration/complete-registration.ts';
export {
  INVITATION_PATH,
  renderAcceptPage,
  renderInvitationSignInPage,
  renderJoinedPage,
  renderJoinPage,
} from './registration/invitation-pages.ts';
export {
  acceptAsSignedIn,
  joinByInvitation,
  type ShownInvitation,
  viewInvitation,
} from './registration/join-by-invitation.ts';
export {
  renderNewAccountPage,
  renderRegisteredPage,
  renderRegistrationCodePage,
  renderRegistrationPage,
} from './registration/registration-pages.ts';
export {
  DEFAULT_REGISTRATION_POLICY,
  type RegistrationPolicySpec,
  registrationPolicyKind,
} from './registration/registration-policy-kind.ts';
export {
  demandOpen as demandRegistrationOpen,
  proveByCode as proveRegistrationByCode,
  requestRegistration,
} from './registration/request-registration.ts';
export { removeOldSessions } from './remove-old-sessions.ts';
export { type ResolvedSession, resolveSession } from './resolve-session.ts';
export { LANDING_PATH, registerUrl, safeReturnTo, signInUrl } from './return-to.ts';
export { type CurrentSession, createSessionPort, type SessionPort, type Strength, toCurrent } from './session-port.ts';
export type { Session } from './session-record.ts';
export { askForSignInPasskey, signInWithPasskey } from './sign-in-with-passkey.ts';
export { openPasswordSignIn, type PasswordSignIn, type SignInWithPassword } from './sign-in-with-password.ts';
export { type Device, type StartedSession, startSession } from './start-session.ts';
export {
  beginStepUp,
  meetsDemand,
  missingForSensitive,
  raiseSession,
  readStepUp,
  SENSITIVE_MAX_AGE_SECONDS,
  type StrengthDemand,
  stepUpUrl,
} from './step-up.ts';
export { ACRS, type Acr, isAcr, type Proof } from './strength.ts';
export { type AskChallengerDeps, askChallenger } from './throttle/ask-challenger.ts';
export { type AttackChallenge, delayOnly, type Suspicion } from './throttle/attack-challenge.ts';
export { databaseCounters } from './throttle/database-counters.ts';
export { recordSuspicion } from './throttle/record-suspicion.ts';
export { createSignInThrottle, type SignInThrottle } from './throttle/sign-in-throttle.ts';
export { userPrincipal } from './user-principal.ts';
export { endUserSessions, getOwnUser, listUserSessions, type UserSessionsDeps } from './user-sessions.ts';
