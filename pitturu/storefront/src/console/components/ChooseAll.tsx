import { Button } from "../../components/Button.js";
import type { Selected } from "../useSelection.js";
import { useConsoleWords } from "../words.js";

/** Chooses every row of a table, or none. */
export function ChooseAll({ selection }: { selection: Pick<Selected<unknown>, "all" | "toggleAll"> }) {
  const words = useConsoleWords();
  return (
    <Button kind="text" onClick={selection.toggleAll}>
      {selection.all ? words.chooseNone : words.chooseAll}
    </Button>
  );
}
