import { Buy } from "./Buy";

/** A server component: what the browser runs begins at `Buy`. */
export default function Page() {
  return <Buy item={{ id: "00000000-0000-4000-8000-000000000000", price: 24900, stock: 3, returnable: true }} />;
}
