import { Credentials } from "./parts/Credentials.js";
import { Frame } from "./parts/Frame.js";
import { show } from "./parts/show.js";

show(
  <Frame page="login">
    <Credentials kind="login" />
  </Frame>,
);
