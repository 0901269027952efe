// @vitest-environment jsdom
import { expect, test } from "vitest";
import { Invitation } from "./invitation.js";

const here = (hash: string) => {
  history.replaceState(null, "", `/visit/site_k${hash}`);
  return new Invitation();
};

test("the secret of a link stands in the address until it counts no more", () => {
  const invitation = here("#callback=s3cret");
  expect(invitation.secret).toBe("s3cret");
  expect(location.hash).toBe("#callback=s3cret");
  invitation.drop();
  expect(invitation.secret).toBeNull();
  expect(location.href.endsWith("/visit/site_k")).toBe(true);
});

test("a page that was not opened by a link has no secret, and keeps its address", () => {
  const invitation = here("#else");
  expect(invitation.secret).toBeNull();
  invitation.drop();
  expect(location.hash).toBe("#else");
});
