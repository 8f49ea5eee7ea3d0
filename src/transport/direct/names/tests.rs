//! Behaviour of the module above.

use super::*;

fn addresses(texts: &[&str]) -> Vec<SocketAddr> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

#[test]
fn addresses_are_tried_as_found_until_one_accepted() {
    let found = addresses(&["[::1]:80", "[::2]:80", "127.0.0.1:80", "127.0.0.2:80"]);
    let name = Name::default();
    assert!(!name.is_proven());
    assert_eq!(name.order(&found), found);
    assert_eq!(name.order(&found), found);
}

#[test]
fn load_is_spread_over_the_family_that_accepted() {
    let found = addresses(&["[::1]:80", "127.0.0.1:80", "127.0.0.2:80"]);
    let name = Name::default();
    name.accepted(&found[1]);
    assert!(name.is_proven());
    let orders: Vec<_> = (0..4).map(|_| name.order(&found)).collect();
    let firsts: Vec<_> = orders.iter().map(|order| order[0]).collect();
    assert_eq!(firsts, [found[1], found[2], found[1], found[2]]);
    for order in orders {
        assert_eq!(
            (order.len(), order[2]),
            (3, found[0]),
            "the other family comes last"
        );
    }
}

#[test]
fn what_was_found_holds_for_a_while_and_failures_only_for_those_who_waited() {
    let at = Offset::from_secs(10);
    let found = |addresses| Found { at, addresses };
    let good = found(Ok(Arc::from([])));
    assert!(good.holds(Offset::from_secs(69)));
    assert!(!good.holds(Offset::from_secs(70)));
    let bad = found(Err(texts::unknown_host("")));
    assert!(bad.holds(Offset::from_secs(9)));
    assert!(!bad.holds(Offset::from_secs(11)));
}
