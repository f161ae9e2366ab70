import { Icon } from "../../components/Icon.js";
import type { Item } from "../../types/payment.js";

/** The picture of an item, beside its name; an empty tile for one without, or with an address that does not load. */
export function Picture({ item }: { item: Pick<Item, "image_url"> | null }) {
  return (
    <span className="pt-tile">
      <Icon name="inventory" />
      {item !== null && item.image_url !== null && (
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
      )}
    </span>
  );
}
