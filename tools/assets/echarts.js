// What the site uses of ECharts, and nothing else. It lies here and not below
// templates/ because its imports are npm's.
import { init, use } from "echarts/core";
import { BarChart, HeatmapChart, LineChart, ScatterChart } from "echarts/charts";
import {
  AriaComponent, GridComponent, MarkAreaComponent, MarkLineComponent, TooltipComponent,
  VisualMapContinuousComponent,
} from "echarts/components";
import { SVGRenderer } from "echarts/renderers";

use([
  ScatterChart, LineChart, BarChart, HeatmapChart,
  GridComponent, TooltipComponent, MarkLineComponent, MarkAreaComponent,
  VisualMapContinuousComponent, AriaComponent, SVGRenderer,
]);

export { init };
