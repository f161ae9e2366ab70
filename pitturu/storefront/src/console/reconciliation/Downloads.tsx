import { WORDS } from "./words.js";
import { Button } from "../../components/Button.js";
import { ActionProblem } from "../components/Loaded.js";
import { useDownload } from "../useDownload.js";
import { useText } from "../words.js";

/** The whole report as a file, for spreadsheets or to be printed. */
export function Downloads({ path, name }: { path: string; name: string }) {
  return (
    <>
      <Download path={path} name={name} format="csv" />
      <Download path={path} name={name} format="html" />
    </>
  );
}

function Download({ path, name, format }: { path: string; name: string; format: "csv" | "html" }) {
  const words = useText(WORDS);
  const { busy, problem, start } = useDownload();
  return (
    <>
      <Button kind="outlined" icon="download" busy={busy} onClick={() => void start(`${path}?format=${format}`, `${name}.${format}`)}>
        {words[format]}
      </Button>
      <ActionProblem problem={problem} />
    </>
  );
}
