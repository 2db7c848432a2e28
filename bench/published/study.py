"""The published measurements of the study "A Case For Adaptive Deep Neural Networks in Edge Computing", analysed again."""
import json


def analyse(bed, folder):
    """Returns what moving the cut gains over the best plan that stays, in per cent, by three readings of the same measurements."""
    command = [bed.agent, "--analyse", "--format", "adaptivednn", "--samples", folder, "--json", "--log-level", "error"]
    told = json.loads(bed.read(command))
    gains = told["repartition"]["gain_over_best_static_percent"]
    return {"model": told["model"], "conditions": told["conditions"], "measurements": told["measurements"],
            "noise": told["noise_floor"]["residual_median"],
            **{name: [gains[name]["mean"], *gains[name]["mean_interval"]] for name in ("raw", "denoised", "held_out")}}
