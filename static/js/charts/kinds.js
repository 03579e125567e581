// Which function draws which kind; the names are those of app/web/charts.py.

import { cashFlow } from "./cash-flow.js";
import { exceedance, histogram } from "./distribution.js";
import { fan } from "./fan.js";
import { line } from "./line.js";
import { shares } from "./shares.js";
import { tornado } from "./tornado.js";

export const KINDS = { "cash-flow": cashFlow, exceedance, fan, histogram, line, shares, tornado };
