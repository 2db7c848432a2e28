// Campaign: how far a campaign of measurements is.
import { byId, element, refill } from "./dom";
import { count, nothing, share, time } from "./format";
import type { Campaign } from "./types";

const doing: Record<Campaign["doing"], string> = {
  starting: "it connects, and loads the network",
  comparing: "it compares the answers of all plans, without timing them",
  imposing: "it imposes the next conditions",
  measuring: "it measures each plan under these conditions",
  anchors: "it measures the same points again, to see how much the machines drift",
};

function bar(campaign: Campaign): HTMLElement {
  const part = campaign.total > 0 ? Math.min(1, campaign.done / campaign.total) : 0;
  const track = element("span", { class: "bar wide", "aria-hidden": "true" }, element("span", { class: "accent" }));
  (track.firstChild as HTMLElement).style.width = `${100 * part}%`;
  return track;
}

export function showCampaign(campaign: Campaign): void {
  refill(byId("campaign"), campaign, () => {
    const rows: [string, string][] = [
      ["now", doing[campaign.doing]],
      ["conditions", campaign.asked ?? nothing],
      ["conditions visited", `${count(campaign.visit)} of ${count(campaign.visits)}`],
      ["measured", `${count(campaign.done)} of ${count(campaign.total)}, more if they scatter`],
      ["time left", campaign.remaining_us == null ? "not known yet" : time(campaign.remaining_us)],
      [
        "noise",
        campaign.noise == null ? "not known yet" : `${share(campaign.noise)}: so much one point differs by chance`,
      ],
      ["measured again", count(campaign.failed)],
      ["conditions left out", count(campaign.left_out)],
    ];
    return [
      bar(campaign),
      element("p", { id: "progress" }, campaign.text),
      element("dl", {}, ...rows.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)])),
    ];
  });
}
