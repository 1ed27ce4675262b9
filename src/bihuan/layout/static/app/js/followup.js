// The follow-up console: it opens on the first question that waits; F8 shows and dials; nothing is sent by Enter.
import { onward, questions, enter, answered } from "./answering.js";

const form = document.getElementById("followup-form");
if (form && !document.querySelector("#problems, .error[role=alert]")) {
  const first = questions(form).find((one) => !answered(form, one));
  if (first) { enter(form, first); } else { onward(form, false); }
}
