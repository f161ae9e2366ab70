import { useState } from "react";

import { RequestReset, SetPassword } from "./parts/account/Reset.js";
import { Frame } from "./parts/Frame.js";
import { show } from "./parts/show.js";

/** The token of the mailed link. It leaves the address bar at once, and was in no request: a fragment is not sent. */
const mailed = location.hash.slice(1);
if (mailed !== "") history.replaceState(null, "", location.pathname);

function ResetPage() {
  const [token, setToken] = useState(mailed);
  return (
    <Frame page="reset">
      {token === "" ? <RequestReset /> : <SetPassword token={token} onAgain={() => setToken("")} />}
    </Frame>
  );
}

show(<ResetPage />);
