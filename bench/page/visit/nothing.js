// The page without a client: what of the time and of the longest task is not any client's.
import { showForm } from "./form.js";

showForm(async () => "no.token.needed");
