import { createSrpSession, signSrpSession } from "cognito-srp-helper";

export const srpHelper = {
  name: "cognito-srp-helper",
  about: "createSrpSession and signSrpSession of cognito-srp-helper 2.3.4",
  async handshake({ poolId, username, password, salt, B, secretBlock }) {
    const session = createSrpSession(username, password, poolId, false);
    const signed = signSrpSession(session, {
      ChallengeName: "PASSWORD_VERIFIER",
      ChallengeParameters: { SALT: salt, SRP_B: B, SECRET_BLOCK: secretBlock, USER_ID_FOR_SRP: username },
    });
    return { A: session.largeA, signature: signed.passwordSignature, timestamp: session.timestamp };
  },
};
