//! Names that published checkpoints had before today's.

/// Today's name and shape of a tensor: diffusers once wrote the maps of an attention block as `query`, `key`, `value`
/// and `proj_attn`, and older code still as 1x1 convolutions, `[out, in, 1, 1]` for `[out, in]`.
pub fn attention(name: &str, shape: &[usize]) -> (String, Vec<usize>) {
    let unchanged = || (name.to_string(), shape.to_vec());
    let Some((block, last)) = split_attention(name) else {
        return unchanged();
    };
    let (map, parameter) = match last.rsplit_once('.') {
        Some((map, parameter)) => (map, parameter),
        None => return unchanged(),
    };
    let map = match map {
        "query" | "to_q" => "to_q",
        "key" | "to_k" => "to_k",
        "value" | "to_v" => "to_v",
        "proj_attn" | "to_out.0" => "to_out.0",
        _ => return unchanged(),
    };
    let shape = match shape {
        [output, input, 1, 1] => vec![*output, *input],
        _ => shape.to_vec(),
    };
    (format!("{block}{map}.{parameter}"), shape)
}

/// `...attentions.0.` and what follows it.
fn split_attention(name: &str) -> Option<(&str, &str)> {
    const LIST: &str = "attentions.";
    let index = name.rfind(LIST)? + LIST.len();
    let digits = name[index..].find('.')?;
    let numbered = digits > 0 && name[index..index + digits].bytes().all(|b| b.is_ascii_digit());
    numbered.then(|| name.split_at(index + digits + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_names_become_todays() {
        let today = |name: &str, shape: &[usize]| attention(name, shape);
        let same =
            |name: &str, shape: &[usize]| assert_eq!(today(name, shape), (name.into(), shape.to_vec()));
        for (old, new) in [
            ("query", "to_q"),
            ("key", "to_k"),
            ("value", "to_v"),
            ("proj_attn", "to_out.0"),
        ] {
            let name = |map: &str| format!("down_blocks.1.attentions.0.{map}.weight");
            assert_eq!(today(&name(old), &[8, 8]), (name(new), vec![8, 8]));
            assert_eq!(today(&name(old), &[8, 8, 1, 1]), (name(new), vec![8, 8]));
            assert_eq!(today(&name(new), &[8, 8, 1, 1]), (name(new), vec![8, 8]));
            same(&name(new), &[8, 8]);
        }
        same("mid_block.attentions.0.group_norm.weight", &[8]);
        // A 1x1 convolution that is one, and maps inside a transformer's attention.
        same("down_blocks.1.resnets.0.conv_shortcut.weight", &[8, 4, 1, 1]);
        same("mid_block.attentions.0.proj_in.weight", &[8, 8, 1, 1]);
        same(
            "mid_block.attentions.0.transformer_blocks.0.attn1.to_q.weight",
            &[8, 8],
        );
        same("attentions.x.query.weight", &[8, 8]);
        same("query.weight", &[8, 8]);
    }
}
