// What the site uses of ECharts, and nothing else. It lies here and not below
// templates/ because its imports are npm's.
import { init, use } from "echarts/core";
import { BarChart, HeatmapChart, LineChart, ScatterChart } from "echarts/charts";
import {
  AriaComponent, GridComponent, LegendPlainComponent, MarkAreaComponent, MarkLineComponent, TooltipComponent,
  VisualMapContinuousComponent, VisualMapPiecewiseComponent,
} from "echarts/components";
import { LabelLayout } from "echarts/features";
import { SVGRenderer } from "echarts/renderers";

use([
  ScatterChart, LineChart, BarChart, HeatmapChart,
  GridComponent, TooltipComponent, LegendPlainComponent, MarkLineComponent, MarkAreaComponent,
  VisualMapContinuousComponent, VisualMapPiecewiseComponent, AriaComponent, LabelLayout, SVGRenderer,
]);

export { init };
