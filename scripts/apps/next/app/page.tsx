import { Buy } from "./Buy";

/** A server component: what the browser runs begins at `Buy`. */
export default function Page() {
  return <Buy item={{ id: "00000000-0000-4000-8000-000000000000", name: "제주 감귤 5kg", price: 24900, stock: 3 }} />;
}
