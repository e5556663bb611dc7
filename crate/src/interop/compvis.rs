//! Names in the files of CompVis's unconditional U-Net (`Model`, after Ho et al.'s own), as diffusers has them.

/// diffusers' name; `levels` is how many resolutions the network has. `None` for what is no name of CompVis's.
///
/// CompVis counts the levels of the way up by resolution, diffusers in the order in which they compute.
pub fn renamed(name: &str, levels: usize) -> Option<String> {
    let parts: Vec<&str> = name.split('.').collect();
    let (path, parameter) = match parts.as_slice() {
        ["norm_out", parameter] => ("conv_norm_out".into(), parameter),
        ["temb", "dense", "0", parameter] => ("time_embedding.linear_1".into(), parameter),
        ["temb", "dense", "1", parameter] => ("time_embedding.linear_2".into(), parameter),
        ["mid", "block_1", layer, parameter] => (format!("mid_block.resnets.0.{}", resnet(layer)), parameter),
        ["mid", "block_2", layer, parameter] => (format!("mid_block.resnets.1.{}", resnet(layer)), parameter),
        ["mid", "attn_1", layer, parameter] => {
            (format!("mid_block.attentions.0.{}", attention(layer)?), parameter)
        }
        ["down", level, inner @ .., parameter] => {
            (format!("down_blocks.{level}.{}", block(inner)?), parameter)
        }
        ["up", level, inner @ .., parameter] => {
            let level = levels.checked_sub(level.parse::<usize>().ok()?.checked_add(1)?)?;
            (format!("up_blocks.{level}.{}", block(inner)?), parameter)
        }
        _ => return None,
    };
    Some(format!("{path}.{parameter}"))
}

/// A layer of a level.
fn block(inner: &[&str]) -> Option<String> {
    Some(match inner {
        ["block", index, layer] => format!("resnets.{index}.{}", resnet(layer)),
        ["attn", index, layer] => format!("attentions.{index}.{}", attention(layer)?),
        ["downsample", "conv"] => "downsamplers.0.conv".into(),
        ["upsample", "conv"] => "upsamplers.0.conv".into(),
        _ => return None,
    })
}

fn resnet(layer: &str) -> &str {
    match layer {
        "temb_proj" => "time_emb_proj",
        "nin_shortcut" => "conv_shortcut",
        same => same,
    }
}

fn attention(layer: &str) -> Option<&'static str> {
    Some(match layer {
        "norm" => "group_norm",
        "q" => "to_q",
        "k" => "to_k",
        "v" => "to_v",
        "proj_out" => "to_out.0",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::renamed;

    #[test]
    fn the_way_up_is_counted_from_its_end() {
        let name = |name| renamed(name, 3);
        assert_eq!(
            name("up.0.block.2.nin_shortcut.weight").as_deref(),
            Some("up_blocks.2.resnets.2.conv_shortcut.weight")
        );
        assert_eq!(
            name("up.2.attn.0.proj_out.bias").as_deref(),
            Some("up_blocks.0.attentions.0.to_out.0.bias")
        );
        for other in [
            "conv_in.weight",
            "up.3.block.0.norm1.weight",
            "down.0.attn.0.to_q.weight",
        ] {
            assert_eq!(name(other), None, "{other}");
        }
    }
}
