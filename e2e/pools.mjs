// Pools of `dev-server/default.toml` as the demo's config.json names them.
export const secondFactors = { userPoolId: "eu-west-1_LifeGuardMfa", clientId: "lifeguardmfaclient00000001" };
export const requiredFactor = { userPoolId: "eu-west-1_LifeGuardMust", clientId: "lifeguardmustclient0000001" };
export const choice = { userPoolId: "eu-west-1_LifeGuardChoice", clientId: "lifeguardchoiceclient00001" };
export const devices = { userPoolId: "eu-west-1_LifeGuardDevice", clientId: "lifeguarddeviceclient00001" };
export const devicesOptIn = { userPoolId: "eu-west-1_LifeGuardOptIn", clientId: "lifeguardoptinclient000001" };

/** Secret of the authenticator apps of seeded people. */
export const seededTotpSecret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
