/** Plays the two calls of a sign-in for one handshake, without a network, and keeps what the client sent. */
export class PretendedPool {
  #input;
  #A;
  #proof;

  constructor(input) {
    this.#input = input;
  }

  fetch = async (resource, options) => {
    const sent = resource instanceof Request ? resource : { headers: new Headers(options.headers), text: () => options.body };
    const request = JSON.parse(await sent.text());
    const target = sent.headers.get("x-amz-target") ?? "";
    if (target.endsWith(".InitiateAuth")) {
      const { salt, B, secretBlock, username } = this.#input;
      this.#A = request.AuthParameters.SRP_A;
      return answer(200, {
        ChallengeName: "PASSWORD_VERIFIER",
        ChallengeParameters: { SALT: salt, SRP_B: B, SECRET_BLOCK: secretBlock, USERNAME: username, USER_ID_FOR_SRP: username },
      });
    }
    this.#proof = request.ChallengeResponses;
    return answer(400, { __type: "NotAuthorizedException", message: "Incorrect username or password." });
  };

  /** For `catch`: passes the refusal that ends every pretended sign-in, and nothing else. */
  expectRefusal = (error) => {
    if (!this.#proof) throw error;
  };

  result() {
    return {
      A: this.#A,
      signature: this.#proof.PASSWORD_CLAIM_SIGNATURE,
      timestamp: this.#proof.TIMESTAMP,
    };
  }
}

const answer = (status, body) =>
  new Response(JSON.stringify(body), { status, headers: { "content-type": "application/x-amz-json-1.1" } });
