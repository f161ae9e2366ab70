// Opens PortOne's window with the checkout that pitturu made, and shows when an event has changed the order.

const here = document.currentScript.dataset.state;
const button = document.getElementById("pay");
const note = document.getElementById("note");
const shown = document.getElementById("status").textContent;

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const ask = async (query) => (await fetch(here + query)).json();

function load(url) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = url;
    script.onload = resolve;
    script.onerror = () => reject(new Error(`${url} could not be loaded`));
    document.head.append(script);
  });
}

// Called in the click: browsers open windows only there, so everything is loaded before. The parameters stay unchanged.
function openWindow({ generation, user_code, params }) {
  if (generation === "v2") return PortOne.requestPayment(params);
  IMP.init(user_code);
  return new Promise((resolve) => IMP.request_pay(params, resolve));
}

async function follow() {
  note.textContent = "Waiting for the payment…";
  while ((await ask("")).status === shown) await pause(1000);
  location.reload();
}

async function start() {
  let { checkout } = await ask("?checkout=1");
  while (!checkout) {
    await pause(500);
    ({ checkout } = await ask("?checkout=1"));
  }
  await load(checkout.script_url);
  button.disabled = false;
  note.textContent = "";
  button.onclick = () => {
    button.disabled = true;
    void openWindow(checkout);
    void follow();
  };
}

start().catch((error) => {
  note.textContent = `${error.message}. Reload the page to try again.`;
});
