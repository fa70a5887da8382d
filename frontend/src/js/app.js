// Small behaviours. Every page is complete without them.
import "htmx.org";

import { startCopy, startFill } from "./copy.js";
import { startForms } from "./forms.js";
import { startParts } from "./parts.js";
import { startPrint } from "./print.js";
import { startMenus, startSheets } from "./sheet.js";
import { startSwitches } from "./switches.js";
import { startTableKeys } from "./table-keys.js";

startSwitches();
startMenus();
startSheets(document);
startCopy();
startFill();
startForms();
startPrint();
startTableKeys();
startParts();
