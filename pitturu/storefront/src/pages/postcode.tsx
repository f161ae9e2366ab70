// The page in the frame of the postcode search: loads Kakao's script, and hands what was chosen to the checkout around it.
//
// Source: https://postcode.map.kakao.com/guide. The script was called `daum` before it was `kakao`.

interface Chosen {
  zonecode?: string;
  roadAddress?: string;
  address?: string;
}

interface Service {
  Postcode?: new (options: { oncomplete: (chosen: Chosen) => void; width: string; height: string }) => {
    embed: (place: HTMLElement) => void;
  };
}

const report = (message: object) => parent.postMessage(message, location.origin);

function begin(): void {
  const { kakao, daum } = window as unknown as { kakao?: Service; daum?: Service };
  const Postcode = kakao?.Postcode ?? daum?.Postcode;
  if (Postcode === undefined) return report({ postcode: "failed" });
  const oncomplete = ({ zonecode, roadAddress, address }: Chosen) =>
    report({ postcode: "chosen", code: zonecode, address: roadAddress || address });
  const place = document.createElement("div");
  place.style.height = "100vh";
  document.body.style.margin = "0";
  document.body.append(place);
  new Postcode({ oncomplete, width: "100%", height: "100%" }).embed(place);
  report({ postcode: "shown" });
}

const script = document.createElement("script");
script.src = document.documentElement.dataset["script"] ?? "";
script.onload = begin;
script.onerror = () => report({ postcode: "failed" });
document.head.append(script);

export {};
