import type { Item } from "../../types/payment.js";

/** The picture of an item, beside its name; nothing for one without, or with an address that does not load. */
export function Picture({ item }: { item: Item }) {
  if (item.image_url === null) return null;
  return (
    <img
      className="pt-picture"
      src={item.image_url}
      alt=""
      width={320}
      height={240}
      decoding="async"
      referrerPolicy="no-referrer"
      onError={(event) => {
        event.currentTarget.hidden = true;
      }}
    />
  );
}
