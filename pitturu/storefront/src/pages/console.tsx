import { show } from "./parts/show.js";
import { Console } from "../console/Console.js";

show(<Console />);
