//! The whole bound, or any other sum over the timesteps, from some of its terms.

use std::collections::BTreeMap;

/// About `count` of the timesteps `0..len`, all where that is as many; denser where there is little noise and the terms
/// are large. First, last and second are the first three; each of the others lies between two of those before it, so
/// that wherever one stops the rest is covered evenly.
pub fn spread_timesteps(len: usize, count: usize) -> Vec<usize> {
    let len = len.max(1);
    let last = len - 1;
    let mut points = count.max(1);
    let mut chosen = geometric(len, points);
    // Where they are dense, several points fall on one timestep.
    while chosen.len() < count.min(len) {
        points += points / 16 + 1;
        chosen = geometric(len, points);
    }
    let mut order = Vec::with_capacity(chosen.len());
    let mut take = |t: usize| {
        if !order.contains(&t) {
            order.push(t);
        }
    };
    [0, last, 1.min(last)].into_iter().for_each(&mut take);
    let mut gaps = std::collections::VecDeque::from([(1.min(chosen.len() - 1), chosen.len() - 1)]);
    while let Some((from, to)) = gaps.pop_front() {
        if to > from + 1 {
            let middle = from.midpoint(to);
            take(chosen[middle]);
            gaps.extend([(from, middle), (middle, to)]);
        }
    }
    order
}

/// First, second, last, and timesteps between whose ratios are alike: rising, each once.
fn geometric(len: usize, points: usize) -> Vec<usize> {
    let last = len - 1;
    let mut chosen: Vec<usize> = (0..=points)
        .map(|i| (len as f64).powf(i as f64 / points as f64).round() as usize - 1)
        .chain([1])
        .map(|t| t.min(last))
        .collect();
    chosen.sort_unstable();
    chosen.dedup();
    chosen
}

/// A sum with one term for each timestep, of which some are known so far.
#[derive(Clone, Debug)]
pub struct SumEstimate {
    /// T, the number of all terms.
    len: usize,
    /// What belongs to no timestep: L_T in the bound.
    constant: f64,
    terms: BTreeMap<usize, f64>,
}

impl SumEstimate {
    /// Over `len` timesteps; `constant` is added to the sum.
    pub fn new(len: usize, constant: f64) -> Self {
        Self {
            len,
            constant,
            terms: BTreeMap::new(),
        }
    }

    /// Takes the term of timestep `t`, counted from 0.
    pub fn insert(&mut self, t: usize, term: f64) {
        self.terms.insert(t, term);
    }

    /// The whole sum, where a power of t runs through neighbouring known terms and gives those between: a straight line
    /// where both axes are logarithmic. `None` until first, second and last are known: the first, L_0 in the bound, is a
    /// likelihood and says nothing of its neighbours.
    pub fn sum(&self) -> Option<f64> {
        let last = self.len.checked_sub(1)?;
        let ends = [0, 1.min(last), last];
        if !ends.iter().all(|t| self.terms.contains_key(t)) {
            return None;
        }
        let known: f64 = self.terms.values().sum();
        let neighbours = self.terms.iter().zip(self.terms.iter().skip(1));
        let between: f64 = neighbours
            .map(|((&from, &left), (&to, &right))| sum_between((from, left), (to, right)))
            .sum();
        Some(self.constant + known + between)
    }
}

/// Sum of the terms strictly between two, on the power of the paper's t = index + 1 through both; on a straight line
/// where rounding has made one of them 0 or less.
fn sum_between((from, left): (usize, f64), (to, right): (usize, f64)) -> f64 {
    if left <= 0.0 || right <= 0.0 {
        return (to - from - 1) as f64 * 0.5 * (left + right);
    }
    let start = (from + 1) as f64;
    let exponent = (right / left).ln() / ((to + 1) as f64 / start).ln();
    (from + 1..to)
        .map(|t| left * ((t + 1) as f64 / start).powf(exponent))
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timesteps_are_distinct_and_hold_the_ends() {
        for (len, count) in [(1, 10), (2, 1), (3, 100), (1000, 1), (1000, 40), (1000, 5000)] {
            let order = spread_timesteps(len, count);
            assert_eq!(order[..2.min(len)], [0, len - 1][..2.min(len)]);
            let mut sorted = order.clone();
            sorted.sort_unstable();
            sorted.dedup();
            assert_eq!(sorted.len(), order.len());
            assert!(sorted.iter().all(|&t| t < len));
        }
        let order = spread_timesteps(1000, 40);
        assert_eq!(order[..3], [0, 999, 1]);
        assert!((40..=44).contains(&order.len()), "{}", order.len());
        assert_eq!(spread_timesteps(1000, 1000).len(), 1000);
    }

    #[test]
    fn with_all_terms_the_sum_is_exact() {
        let mut estimate = SumEstimate::new(4, 0.5);
        for (t, bits) in [(3, 1.0), (0, 7.0), (1, 4.0), (2, 5.0)] {
            estimate.insert(t, bits);
        }
        assert_eq!(estimate.sum(), Some(17.5));
    }

    #[test]
    fn a_power_of_t_is_found_from_its_ends() {
        // 36 / t^2 at t = 2, 3, 4, 5, 6, beside an L_0 that does not follow it.
        let terms = [100.0, 9.0, 4.0, 2.25, 1.44, 1.0];
        let mut estimate = SumEstimate::new(6, 0.0);
        for t in [0, 1, 5] {
            estimate.insert(t, terms[t]);
        }
        let exact: f64 = terms.iter().sum();
        assert!((estimate.sum().unwrap() - exact).abs() < 1e-9);
    }

    #[test]
    fn a_falling_curve_is_found_from_a_few_terms() {
        // As the terms do, it falls ever faster towards the end.
        let term = |t: usize| 2.0 / (t as f64 + 1.0) * (-(t as f64) / 300.0).exp();
        let exact: f64 = (0..1000).map(term).sum();
        let mut estimate = SumEstimate::new(1000, 0.0);
        for t in spread_timesteps(1000, 10) {
            estimate.insert(t, term(t));
        }
        let sum = estimate.sum().unwrap();
        assert!((sum / exact - 1.0).abs() < 0.02, "{sum} for {exact}");
    }

    #[test]
    fn terms_rounded_to_nothing_do_no_harm() {
        let mut estimate = SumEstimate::new(5, 0.0);
        for (t, bits) in [(0, 1.0), (1, 2.0), (4, -1e-9)] {
            estimate.insert(t, bits);
        }
        assert!((estimate.sum().unwrap() - 5.0).abs() < 1e-6);
    }

    #[test]
    fn without_the_ends_there_is_no_sum() {
        let mut estimate = SumEstimate::new(10, 0.0);
        estimate.insert(0, 1.0);
        estimate.insert(1, 1.0);
        assert_eq!(estimate.sum(), None);
        estimate.insert(9, 1.0);
        assert_eq!(estimate.sum(), Some(10.0));
    }
}
