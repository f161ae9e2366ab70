import { WORDS } from "./words.js";
import { Button } from "../../components/Button.js";
import { useLanguage } from "../../i18n/language.js";
import { type Query, withQuery } from "../api.js";
import type { Download } from "../useDownload.js";
import { useText } from "../words.js";

/** Downloads all orders that match, of all pages. */
export function CsvButton({ query, download }: { query: Query; download: Download }) {
  const words = useText(WORDS);
  const { language } = useLanguage();
  const start = () => void download.start(withQuery("/operations/payments.csv", { ...query, language }), words.fileName(stamp(new Date())));
  return (
    <>
      <Button kind="tonal" icon="download" busy={download.busy} onClick={start}>
        {download.busy ? words.downloading : words.download}
      </Button>
      {download.busy && (
        <Button kind="text" onClick={download.stop}>
          {words.stop}
        </Button>
      )}
    </>
  );
}

/** The time in Korea as file names have it: 20261129-2105. */
function stamp(at: Date): string {
  const korea = new Date(at.getTime() + 9 * 3_600_000).toISOString();
  return `${korea.slice(0, 10).replaceAll("-", "")}-${korea.slice(11, 16).replace(":", "")}`;
}
