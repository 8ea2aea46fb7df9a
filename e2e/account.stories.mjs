// Looking after one's account with the package alone: password, attributes and their codes, deleting it.
import assert from "node:assert/strict";
import { stories } from "./lib/stories.mjs";
import { failure, hears, Lab, password, pools, signIn, token, who } from "./session-lab.mjs";

const newPassword = "Another-Horse-10!";
const address = "alice.new@example.com";

/** Calls a method of `auth`; the error it ends with as data. */
const call = (tab, path, input) =>
  tab.evaluate(async (name, input) => {
    const given = input ?? undefined;
    const [owner, method] = name.split(".");
    try {
      return { result: (await (method ? auth[owner][method](given) : auth[owner](given))) ?? null };
    } catch ({ name: kind, code, service }) {
      return { kind, code, words: service?.message };
    }
  }, path, input ?? null);

/** Everything a browser keeps of a person, but for what marks that nobody is signed in. */
const kept = (tab) =>
  tab.evaluate(() => [...Object.entries({ ...localStorage }), ...Object.entries({ ...sessionStorage })].filter(([key]) => !key.endsWith(".epoch")));

stories("account", { site: "bare" }, (story) => {
  story("a password is changed: the old one stops working, the session goes on", async (world) => {
    world.page.secrets.add(newPassword);
    const lab = new Lab(world, pools.plain);
    const tab = await lab.signedIn("alice");

    const wrong = await call(tab, "changePassword", { previousPassword: newPassword, newPassword: password });
    assert.equal(wrong.code, "incorrectCredentials");
    assert.deepEqual(await call(tab, "changePassword", { previousPassword: password, newPassword }), { result: null });

    assert.equal(await who(tab), "alice");
    await tab.evaluate(() => auth.signOut());
    assert.equal((await call(tab, "signIn", { username: "alice", password })).code, "incorrectCredentials");
    await signIn(tab, "alice", { password: newPassword });
  });

  story("a refused password teaches its rules", async (world) => {
    const lab = new Lab(world, pools.plain);
    const tab = await lab.signedIn("alice");
    const weak = ["Short-1", "lower-case-1!", "UPPER-CASE-1!", "No-Number!", "NoSymbol1"];
    weak.forEach((one) => world.page.secrets.add(one));

    const learnt = await tab.evaluate(async (previousPassword, tries) => {
      const { passwordRules } = await import("lifeguard-cognito");
      let known = [];
      for (const tried of tries) {
        try {
          await auth.changePassword({ previousPassword, newPassword: tried });
        } catch (error) {
          if (error.code !== "invalidPassword") throw error;
          known = passwordRules(error, { refused: tried, known });
        }
      }
      return known.map(({ name, minimum, check }) => [name, minimum ?? null, check("Another-Horse-10!"), tries.filter((tried) => !check(tried)).length]);
    }, password, weak);

    assert.deepEqual(learnt, [["length", 8, true, 1], ["uppercase", null, true, 1], ["lowercase", null, true, 1], ["number", null, true, 1], ["symbol", null, true, 1]]);
  });

  story("attributes are read as they are, custom ones too", async (world) => {
    const lab = new Lab(world, pools.plain);
    const tab = await lab.signedIn("alice");

    const { result } = await call(tab, "attributes.update", { attributes: { name: "Alice A.", "custom:role": "editor" } });
    assert.deepEqual(result, { name: { status: "done" }, "custom:role": { status: "done" } });
    const { sub, ...rest } = (await call(tab, "attributes.get")).result;
    assert.ok(sub);
    assert.deepEqual(rest, { email: "alice@example.com", email_verified: true, name: "Alice A.", "custom:role": "editor" });

    assert.deepEqual(await call(tab, "attributes.delete", { names: ["custom:role"] }), { result: null });
    assert.equal((await call(tab, "attributes.get")).result["custom:role"], undefined);
    await tab.evaluate(() => auth.session({ forceRefresh: true }));
    assert.equal(await tab.evaluate(async () => (await auth.user()).claims.name), "Alice A.");
  });

  story("a new address waits for its code, a wrong code is told", async (world) => {
    const lab = new Lab(world, pools.plain);
    const tab = await lab.signedIn("alice");

    const { result } = await call(tab, "attributes.update", { attributes: { email: address, name: "Alice" } });
    assert.equal(result.email.status, "confirmWithCode");
    assert.deepEqual([result.email.codeDelivery.medium, result.email.codeDelivery.attributeName], ["EMAIL", "email"]);
    assert.equal(result.name.status, "done");

    const code = await world.server.code(address);
    const wrong = String((Number(code) + 1) % 1_000_000).padStart(6, "0");
    assert.equal((await call(tab, "attributes.verify", { name: "email", code: wrong })).code, "codeMismatch");
    assert.deepEqual(await call(tab, "attributes.verify", { name: "email", code }), { result: null });
    const after = (await call(tab, "attributes.get")).result;
    assert.deepEqual([after.email, after.email_verified], [address, true]);
  });

  story("a code is sent again, and an old one is of no use", async (world) => {
    const lab = new Lab(world, pools.plain);
    const tab = await lab.signedIn("alice");
    await call(tab, "attributes.update", { attributes: { email: address } });
    const first = await world.server.code(address);

    const sent = await call(tab, "attributes.sendCode", { name: "email" });
    assert.equal(sent.result.codeDelivery.medium, "EMAIL");
    const second = await world.server.code(address);

    if (first !== second) assert.notEqual((await call(tab, "attributes.verify", { name: "email", code: first })).code, undefined);
    assert.deepEqual(await call(tab, "attributes.verify", { name: "email", code: second }), { result: null });
  });

  story("what may not be written is refused with the service's reason, and nothing is changed", async (world) => {
    const lab = new Lab(world, pools.plain);
    const tab = await lab.signedIn("alice");

    for (const attributes of [{ name: "X", sub: "other" }, { name: "X", email_verified: true }, { name: "X", "custom:nosuch": "1" }, { name: "X", "custom:role": "r".repeat(65) }]) {
      const refused = await call(tab, "attributes.update", { attributes });
      assert.ok(["notAuthorized", "invalidParameter"].includes(refused.code), JSON.stringify([attributes, refused]));
      assert.ok(refused.words, "the service's reason is told");
    }
    const required = await call(tab, "attributes.delete", { names: ["name"] });
    assert.equal(required.code, "invalidParameter");
    assert.ok(required.words);

    assert.equal((await call(tab, "attributes.get")).result.name, "Alice Example");
    assert.equal(await who(tab), "alice", "a refusal signs nobody out");
  });

  story("a deleted account leaves this browser, in every tab, and nobody can sign in to it", async (world) => {
    const lab = new Lab(world, pools.plain);
    const tab = await lab.signedIn("alice");
    const other = await lab.tab();
    assert.equal(await who(other), "alice");

    assert.deepEqual(await call(tab, "deleteUser"), { result: null });

    assert.equal((await hears(other, "signedOut")).reason, "elsewhere");
    for (const one of [tab, other]) {
      assert.equal(await token(one), null);
      assert.deepEqual(await kept(one), []);
    }
    assert.equal((await failure(tab, "deleteUser")).code, "signedOut");
    assert.equal((await call(tab, "signIn", { username: "alice", password })).code, "incorrectCredentials");
  });

  story("a remembered device goes with its account", async (world) => {
    const lab = new Lab(world, pools.devices);
    const [username] = await world.server.call("ListUsers", { UserPoolId: pools.devices.userPoolId }).then(({ Users }) => Users.map(({ Username }) => Username));
    const tab = await lab.signedIn(username);
    assert.ok((await kept(tab)).some(([key]) => key.includes(".device.")));

    assert.deepEqual(await call(tab, "deleteUser"), { result: null });

    assert.deepEqual(await kept(tab), []);
  });

  story("a forgotten password is replaced by a code sent to the phone where that comes first", async (world) => {
    world.page.secrets.add(newPassword);
    const { server } = world;
    const lab = new Lab(world, pools.plain);
    const UserPoolId = pools.plain.userPoolId;
    const phone = "+4915112345678";
    const attributes = { phone_number: phone, phone_number_verified: "true", email_verified: "false" };
    const UserAttributes = Object.entries(attributes).map(([Name, Value]) => ({ Name, Value }));
    await server.call("AdminUpdateUserAttributes", { UserPoolId, Username: "alice", UserAttributes });
    const tab = await lab.tab();

    const { result } = await call(tab, "forgotPassword", { username: "alice" });
    assert.deepEqual([result.codeDelivery.medium, result.codeDelivery.attributeName], ["SMS", "phone_number"]);
    const code = await server.code(phone);
    assert.deepEqual(await call(tab, "confirmForgotPassword", { username: "alice", code, newPassword }), { result: null });

    await signIn(tab, "alice", { password: newPassword });
  });

  story("a password that others know, and a sign-in that is too risky, have codes of their own", async (world) => {
    const leaked = "Leaked-Horse-9!";
    world.page.secrets.add(leaked);
    const { server } = world;
    const UserPoolId = pools.plain.userPoolId;
    const lab = new Lab(world, pools.plain);
    const tab = await lab.signedIn("alice");

    assert.equal((await call(tab, "changePassword", { previousPassword: password, newPassword: leaked })).code, "compromisedPassword");
    const attributes = { email: "zoe@example.com", name: "Zoe" };
    assert.equal((await call(tab, "signUp", { username: "zoe", password: leaked, attributes })).code, "compromisedPassword");
    await tab.evaluate(() => auth.signOut());
    await server.call("AdminSetUserPassword", { UserPoolId, Username: "alice", Password: leaked, Permanent: true });
    assert.equal((await call(tab, "signIn", { username: "alice", password: leaked, authFlow: "USER_PASSWORD_AUTH" })).code, "compromisedPassword");

    assert.equal((await call(tab, "signIn", { username: "ada", password, userContextData: "risk:high" })).code, "riskBlocked");
    await signIn(tab, "ada", { userContextData: "risk:low" });
  });

  story("what the threat-protection script says goes with every call that takes it", async (world) => {
    const lab = new Lab(world, pools.plain);
    const tab = await lab.tab();

    const seen = await tab.evaluate(async (given) => {
      globalThis.AmazonCognitoAdvancedSecurityData = { getData: (...names) => `data of ${names.join(" ")}` };
      const sent = [];
      const real = globalThis.fetch;
      globalThis.fetch = (input, init) => {
        const request = new Request(input, init);
        sent.push(request.clone().json().then((body) => [request.headers.get("x-amz-target").split(".")[1], body.UserContextData?.EncodedData ?? null], () => null));
        return real(request);
      };
      const username = "zoe";
      await auth.signUp({ username, password: given, attributes: { email: "zoe@example.com", name: "Zoe" } });
      await auth.resendConfirmationCode({ username });
      for (const method of ["confirmSignUp", "confirmForgotPassword"]) await auth[method]({ username, code: "000000", newPassword: given }).catch(() => {});
      await auth.forgotPassword({ username }).catch(() => {});
      await auth.signIn({ username, password: given }).catch(() => {});
      globalThis.fetch = real;
      return (await Promise.all(sent)).filter(Boolean);
    }, password);

    const data = `data of zoe ${pools.plain.userPoolId} ${pools.plain.clientId}`;
    for (const operation of ["SignUp", "ResendConfirmationCode", "ConfirmSignUp", "ConfirmForgotPassword", "ForgotPassword", "InitiateAuth"]) {
      assert.deepEqual(seen.find(([name]) => name === operation), [operation, data]);
    }
  });
});
