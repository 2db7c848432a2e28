// The JSON of GET /api/status and GET /api/events, as far as the page reads it: runtime/http/README.md.

export interface Terms {
  head_us: number;
  encode_us: number;
  network_us: number;
  queue_us: number;
  tail_us: number;
}

export interface Plan {
  cut: number;
  cut_name: string | null;
  codec: string;
}

export interface Prediction extends Plan {
  wire_bytes: number;
  total_us: number;
  p95_us: number;
  agreement: { top1: number; max_error: number; inputs: number } | null;
  terms: Terms;
}

export interface Observation {
  requests: number;
  total_us: number;
  slowest_us: number;
  terms: Terms;
  forecast: { expected_us: number; observed_us: number } | null;
}

export interface Conditions {
  uplink_bps: number | null;
  rtt_us: number | null;
  uplink_stalled_us: number | null;
  edge_slowdown: number | null;
  cloud_slowdown: number | null;
  cloud_queue_us: number | null;
  edge_memory_free: number | null;
  edge_waited: number | null;
  edge_cpu_pressure: number | null;
  edge_throttled: number | null;
  edge_major_faults: number | null;
}

export interface Load {
  requests_per_s: number;
  burstiness: number;
  in_progress: number;
  backlog: { edge_us: number; uplink_us: number; cloud_us: number };
}

export interface ModelState {
  name: string;
  plan: Plan;
  policy: string | null;
  why: string;
  reason: string | null;
  bound: string[];
  accuracy: string | null;
  conditions: Conditions;
  moves: number;
  shares: (Plan & { share: number })[];
  load: Load | null;
  served: Record<string, number>;
  failed: number;
  pending: number;
  races: { begun: number; won_by_edge: number };
  cell: string | null;
  table_fault?: string;
  table_fit: TableFit | null;
}

// Whether heads and tails still take the times of the table; `evidence` grows from 0 to 1 before it no longer fits.
export interface TableFit {
  fits: boolean;
  evidence: number;
  why?: string;
}

export interface ModelEvent extends ModelState {
  predicted: Prediction | null;
  fastest: Prediction | null;
  observed: Observation | null;
}

export interface Cut {
  index: number;
  name: string;
  bytes: number;
  head_memory_bytes: number;
}

// Of an edge that measures its plans itself.
export interface Learning {
  state: "waiting" | "measuring" | "done" | "failed";
  text: string;
  since: string | null;
  measured: number;
  candidates: number | null;
  widest_interval: number | null;
  again_from_uplink_bps: number | null;
}

export interface ModelStatus extends ModelState {
  digest: string;
  precision: string;
  table: { created: string; method: string; cells: number; inputs: string | null } | null;
  learning: Learning | null;
  predictions: Prediction[];
  deepest_cut: number;
  cuts: Cut[];
}

export interface Peer {
  up: boolean;
  peer: string;
  why: string;
  connects: number;
  violations: number;
  precision: string | null;
  share?: number;
  outstanding?: number;
  ejected_us?: number | null;
  ejected_why?: string;
  answered?: number;
  failed?: number;
  retried?: number;
}

export interface CloudState {
  connections: number;
  waiting: number;
  served: number;
  refused: number;
  refusals: Record<string, number>;
  violations: number;
  received_bytes: number;
  runs: { together: number; count: number }[];
  streams: number;
}

// Of a process that measures (agent --profile).
export interface Campaign {
  model: string;
  doing: "starting" | "comparing" | "imposing" | "measuring" | "anchors";
  text: string;
  asked: string | null;
  visit: number;
  visits: number;
  done: number;
  total: number;
  failed: number;
  left_out: number;
  noise: number | null;
  remaining_us: number | null;
}

interface ServerState {
  version: string;
  draining: boolean;
  waiting: number;
  refused: Record<string, number>;
  link: (Peer & { peers: Peer[] }) | null;
  campaign: Campaign | null;
}

export interface Status extends ServerState {
  models: ModelStatus[];
}

export interface TidelineEvent extends ServerState {
  at: string;
  models: ModelEvent[];
  cloud: CloudState | null;
  machine: Conditions | null;
}
