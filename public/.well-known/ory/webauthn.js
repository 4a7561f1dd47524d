/*
 * Security keys and passkeys for pages that render a flow's nodes themselves (self-service contract, part 10). Each function reads
 * its options from the form, asks the browser, writes the answer into the form as JSON and posts it.
 *
 * When a ceremony ends without an answer, the window hears `oryWebAuthnError` with `detail.name` of the browser's error
 * (`NotAllowedError`: cancelled or timed out) and `detail.call`, the function; the form stays as it was.
 */
(function () {
  "use strict";
  if (!window.PublicKeyCredential || window.__oryWebAuthnInitialized) return;

  function toBytes(text) {
    var plain = text.replace(/-/g, "+").replace(/_/g, "/");
    var binary = window.atob(plain + "===".slice((plain.length + 3) % 4));
    var bytes = new Uint8Array(binary.length);
    for (var index = 0; index < binary.length; index += 1) bytes[index] = binary.charCodeAt(index);
    return bytes;
  }

  function toText(buffer) {
    var binary = "";
    new Uint8Array(buffer).forEach(function (byte) { binary += String.fromCharCode(byte); });
    return window.btoa(binary).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }

  function field(name, within) {
    return (within || document).querySelector('[name="' + name + '"]');
  }

  function withBytes(list) {
    return (list || []).map(function (entry) { return Object.assign({}, entry, { id: toBytes(entry.id) }); });
  }

  function requestOf(options) {
    var given = options.publicKey;
    var publicKey = Object.assign({}, given, { challenge: toBytes(given.challenge) });
    if (given.allowCredentials) publicKey.allowCredentials = withBytes(given.allowCredentials);
    return publicKey;
  }

  function creationOf(options, displayName) {
    var given = options.publicKey;
    var user = Object.assign({}, given.user, { id: toBytes(given.user.id) });
    if (displayName) Object.assign(user, { name: displayName, displayName: displayName });
    return Object.assign({}, given, { challenge: toBytes(given.challenge), user: user, excludeCredentials: withBytes(given.excludeCredentials) });
  }

  function assertionOf(credential) {
    var response = credential.response;
    return {
      id: credential.id, rawId: toText(credential.rawId), type: credential.type,
      response: {
        authenticatorData: toText(response.authenticatorData), clientDataJSON: toText(response.clientDataJSON),
        signature: toText(response.signature), userHandle: response.userHandle ? toText(response.userHandle) : ""
      }
    };
  }

  function attestationOf(credential) {
    var response = credential.response;
    return {
      id: credential.id, rawId: toText(credential.rawId), type: credential.type,
      response: {
        attestationObject: toText(response.attestationObject), clientDataJSON: toText(response.clientDataJSON),
        transports: response.getTransports ? response.getTransports() : []
      }
    };
  }

  // One ceremony at a time: the one that waits in the name field gives way to every other.
  function stopWaiting() {
    if (window.abortPasskeyConditionalUI) window.abortPasskeyConditionalUI.abort();
    window.abortPasskeyConditionalUI = undefined;
  }

  function post(name, triggerName, answer) {
    var target = field(name);
    var form = (field(triggerName) || target).closest("form");
    target.value = JSON.stringify(answer);
    form.submit();
  }

  function report(call, error) {
    var detail = { call: call, name: error && error.name ? error.name : "Error" };
    window.dispatchEvent(new CustomEvent("oryWebAuthnError", { detail: detail }));
  }

  function get(call, options, target, triggerName, extra) {
    return Promise.resolve().then(function () {
      return navigator.credentials.get(Object.assign({ publicKey: requestOf(options()) }, extra));
    }).then(function (credential) {
      post(target, triggerName, assertionOf(credential));
    }).catch(function (error) {
      if (!extra || !extra.signal.aborted) report(call, error);
    });
  }

  function create(call, options, target, triggerName, displayName) {
    return Promise.resolve().then(function () {
      stopWaiting();
      return navigator.credentials.create({ publicKey: creationOf(options(), displayName ? displayName() : "") });
    }).then(function (credential) {
      post(target, triggerName, attestationOf(credential));
    }).catch(function (error) { report(call, error); });
  }

  function json(name) {
    return function () { return JSON.parse(field(name).value); };
  }

  function given(options, name) {
    return function () { return options && options.publicKey ? options : json(name)(); };
  }

  var calls = {
    oryWebAuthnLogin: function (options) {
      stopWaiting();
      return get("oryWebAuthnLogin", given(options, "webauthn_login_trigger"), "webauthn_login", "webauthn_login_trigger");
    },
    oryWebAuthnRegistration: function (options) {
      return create("oryWebAuthnRegistration", given(options, "webauthn_register_trigger"), "webauthn_register", "webauthn_register_trigger");
    },
    oryPasskeyLogin: function () {
      stopWaiting();
      return get("oryPasskeyLogin", json("passkey_challenge"), "passkey_login", "passkey_login_trigger");
    },
    oryPasskeyLoginAutocompleteInit: function () {
      var able = window.PublicKeyCredential.isConditionalMediationAvailable;
      if (!able || !field("identifier") || !field("passkey_challenge")) return Promise.resolve();
      return able.call(window.PublicKeyCredential).then(function (available) {
        if (!available) return undefined;
        stopWaiting();
        var abort = new AbortController();
        window.abortPasskeyConditionalUI = abort;
        return get("oryPasskeyLoginAutocompleteInit", json("passkey_challenge"), "passkey_login", "passkey_login_trigger", {
          mediation: "conditional", signal: abort.signal
        });
      });
    },
    oryPasskeyRegistration: function () {
      var data = json("passkey_create_data");
      return create("oryPasskeyRegistration", function () { return data().credentialOptions; }, "passkey_register", "passkey_register_trigger", function () {
        var known = data();
        var names = [].concat(known.displayNameFieldNames || [], known.displayNameFieldName || []);
        var form = field("passkey_create_data").closest("form");
        var values = names.map(function (name) { return (field(name, form) || {}).value || ""; });
        return values.filter(function (value) { return value !== ""; })[0] || "";
      });
    },
    oryPasskeySettingsRegistration: function () {
      return create("oryPasskeySettingsRegistration", json("passkey_create_data"), "passkey_settings_register", "passkey_register_trigger");
    }
  };

  Object.keys(calls).forEach(function (name) {
    window[name] = calls[name];
    window["__" + name] = calls[name];
  });
  window.__oryWebAuthnInitialized = true;
  window.dispatchEvent(new CustomEvent("oryWebAuthnInitialized"));
})();
